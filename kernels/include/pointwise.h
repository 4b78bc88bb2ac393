// SPDX-License-Identifier: Apache-2.0
// The pointwise functions, included once per width by functions.h: G_F is float or float16, G_I the integer of the
// same width, G_(name) appends the width. Exponentials and logarithms are polynomials in fma, not the device's own:
// they are as fast in vectors on a CPU, and give the same bits everywhere. Errors (ULP) are the largest found over
// all floats.

#define G_LOG2E 1.442695f
#define G_LN2_HI 0.6931472f
#define G_LN2_LO -1.9046542e-9f
#define G_ROUND 12582912.0f // 1.5 * 2^23: adding it rounds to an integer, kept in the low bits

// Exact or rounded once.

DEVICE G_F G_(g_abs)(G_F x) { return fabs(x); }
DEVICE G_F G_(g_neg)(G_F x) { return -x; }
DEVICE G_F G_(g_add)(G_F a, G_F b) { return a + b; }
DEVICE G_F G_(g_sub)(G_F a, G_F b) { return a - b; }
DEVICE G_F G_(g_mul)(G_F a, G_F b) { return a * b; }
DEVICE G_F G_(g_div)(G_F a, G_F b) { return a / b; }
DEVICE G_F G_(g_square)(G_F x) { return x * x; }
DEVICE G_F G_(g_recip)(G_F x) { return (G_F)(1.0f) / x; }
DEVICE G_F G_(g_sqrt)(G_F x) { return sqrt(x); }
DEVICE G_F G_(g_rsqrt)(G_F x) { return (G_F)(1.0f) / sqrt(x); }
DEVICE G_F G_(g_floor)(G_F x) { return floor(x); }

// Minimum and maximum of anything and NaN are NaN; which zero of +0 and -0 they give is not defined.
DEVICE G_F G_(g_min)(G_F a, G_F b) {
  G_F least = a < b ? a : b;
  return a == a ? least : a;
}
DEVICE G_F G_(g_max)(G_F a, G_F b) {
  G_F most = a > b ? a : b;
  return a == a ? most : a;
}

// Comparisons give 1 or 0; with NaN all but g_ne give 0.
DEVICE G_F G_(g_eq)(G_F a, G_F b) { return a == b ? (G_F)(1.0f) : (G_F)(0.0f); }
DEVICE G_F G_(g_ne)(G_F a, G_F b) { return a != b ? (G_F)(1.0f) : (G_F)(0.0f); }
DEVICE G_F G_(g_lt)(G_F a, G_F b) { return a < b ? (G_F)(1.0f) : (G_F)(0.0f); }
DEVICE G_F G_(g_le)(G_F a, G_F b) { return a <= b ? (G_F)(1.0f) : (G_F)(0.0f); }
DEVICE G_F G_(g_gt)(G_F a, G_F b) { return a > b ? (G_F)(1.0f) : (G_F)(0.0f); }
DEVICE G_F G_(g_ge)(G_F a, G_F b) { return a >= b ? (G_F)(1.0f) : (G_F)(0.0f); }
DEVICE G_F G_(g_select)(G_F c, G_F a, G_F b) { return c != (G_F)(0.0f) ? a : b; }

// relu and lrelu pass NaN on; step of NaN is 0; sign gives its argument back where that is 0 or NaN.
DEVICE G_F G_(g_relu)(G_F x) { return x < (G_F)(0.0f) ? (G_F)(0.0f) : x; }
DEVICE G_F G_(g_lrelu)(G_F x, G_F slope) { return x > (G_F)(0.0f) ? x : slope * x; }
DEVICE G_F G_(g_step)(G_F x) { return x > (G_F)(0.0f) ? (G_F)(1.0f) : (G_F)(0.0f); }
DEVICE G_F G_(g_sign)(G_F x) {
  return x > (G_F)(0.0f) ? (G_F)(1.0f) : x < (G_F)(0.0f) ? (G_F)(-1.0f) : x;
}

// x = n ln 2 + r with |r| <= ln 2 / 2; gives e^r - 1 and sets n. |x| < 2^21.
DEVICE G_F G_(g_expm1_part)(G_F x, G_I* n) {
  G_F z = G_(g_fma)(x, (G_F)(G_LOG2E), (G_F)(G_ROUND));
  *n = G_(g_bits)(z) - (G_I)(0x4b400000);
  z = z - (G_F)(G_ROUND);
  G_F r = G_(g_fma)(z, (G_F)(-G_LN2_HI), x);
  r = G_(g_fma)(z, (G_F)(-G_LN2_LO), r);
  G_F q = (G_F)(0.0013870321f);
  q = G_(g_fma)(q, r, (G_F)(0.008366256f));
  q = G_(g_fma)(q, r, (G_F)(0.04166744f));
  q = G_(g_fma)(q, r, (G_F)(0.16666546f));
  q = G_(g_fma)(q, r, (G_F)(0.49999997f));
  return G_(g_fma)(r * r, q, r);
}

// 2^n for -126 <= n <= 127
DEVICE G_F G_(g_exp2_int)(G_I n) { return G_(g_float)((n + (G_I)(127)) << 23); }

DEVICE G_F G_(g_exp)(G_F x) {
  G_F t = x < (G_F)(-104.0f) ? (G_F)(-104.0f) : x;
  t = t > (G_F)(89.0f) ? (G_F)(89.0f) : t;
  G_I n;
  G_F p = G_(g_expm1_part)(t, &n) + (G_F)(1.0f);
  G_I half_n = n >> 1; // in two factors, for results below 2^-126 and n = 128
  return p * G_(g_exp2_int)(half_n) * G_(g_exp2_int)(n - half_n);
}

DEVICE G_F G_(g_expm1)(G_F x) {
  G_F t = x < (G_F)(-18.0f) ? (G_F)(-18.0f) : x;
  t = t > (G_F)(89.0f) ? (G_F)(89.0f) : t;
  G_I n;
  G_F p = G_(g_expm1_part)(t, &n);
  G_F half_scale = G_(g_exp2_int)(n - (G_I)(1));
  G_F y = (G_F)(2.0f) * G_(g_fma)(half_scale, p, half_scale - (G_F)(0.5f));
  return fabs(x) < (G_F)(2.9802322e-8f) ? x : y;
}

// From e = exp(2|x|) - 1: tanh |x| = e / (e + 2), without cancellation.
DEVICE G_F G_(g_tanh)(G_F x) {
  G_F a = fabs(x);
  a = a > (G_F)(10.0f) ? (G_F)(10.0f) : a;
  G_I n;
  G_F p = G_(g_expm1_part)(a + a, &n);
  G_F scale = G_(g_exp2_int)(n);
  G_F e = G_(g_fma)(scale, p, scale - (G_F)(1.0f));
  G_F y = e / (e + (G_F)(2.0f));
  return G_(g_float)(G_(g_bits)(y) | (G_(g_bits)(x) & (G_I)(-0x7fffffff - 1)));
}

DEVICE G_F G_(g_sigmoid)(G_F x) {
  G_F e = G_(g_exp)(-fabs(x));
  G_F above = x < (G_F)(0.0f) ? e : (G_F)(1.0f);
  return above / (e + (G_F)(1.0f));
}

// log(1 + f) for -1/3 <= f <= 1/3, as f + the result, with `plus` added to the small part
DEVICE G_F G_(g_log_part)(G_F f, G_F plus) {
  G_F q = (G_F)(-0.12879376f);
  q = G_(g_fma)(q, f, (G_F)(0.13985652f));
  q = G_(g_fma)(q, f, (G_F)(-0.1218743f));
  q = G_(g_fma)(q, f, (G_F)(0.14005537f));
  q = G_(g_fma)(q, f, (G_F)(-0.16680223f));
  q = G_(g_fma)(q, f, (G_F)(0.20010436f));
  q = G_(g_fma)(q, f, (G_F)(-0.24999805f));
  q = G_(g_fma)(q, f, (G_F)(0.33333215f));
  q = G_(g_fma)(q, f, (G_F)(-0.5f));
  return G_(g_fma)(f * f, q, plus);
}

// The exponent part of a positive normal x: x = 2^(part / 2^23) m with 2/3 <= m < 4/3.
DEVICE G_I G_(g_log_exponent)(G_F x) {
  return (G_(g_bits)(x) - (G_I)(0x3f2aaaab)) & (G_I)(-0x800000);
}

DEVICE G_F G_(g_log)(G_F x) {
  G_F y = x < (G_F)(1.1754944e-38f) ? x * (G_F)(8388608.0f) : x;
  G_F below = x < (G_F)(1.1754944e-38f) ? (G_F)(-23.0f) : (G_F)(0.0f);
  G_I part = G_(g_log_exponent)(y);
  G_F e = G_(g_convert)(part >> 23) + below;
  G_F f = G_(g_float)(G_(g_bits)(y) - part) - (G_F)(1.0f);
  G_F z = G_(g_log_part)(f, e * (G_F)(G_LN2_LO)) + f;
  z = G_(g_fma)(e, (G_F)(G_LN2_HI), z);
  G_F infinity = G_(g_float)((G_I)(0x7f800000));
  G_F outside = x > (G_F)(0.0f) ? x : infinity - infinity;
  outside = x == (G_F)(0.0f) ? -infinity : outside;
  z = x < infinity ? z : outside;
  return x > (G_F)(0.0f) ? z : outside;
}

DEVICE G_F G_(g_log1p)(G_F x) {
  G_I part = G_(g_log_exponent)(x + (G_F)(1.0f));
  G_F e = G_(g_convert)(part >> 23);
  G_F scale = G_(g_float)((G_I)(0x40800000) - part); // 4 * 2^-e, normal even for e = 128
  G_F f = G_(g_fma)((G_F)(0.25f) * x, scale, (G_F)(0.25f) * scale - (G_F)(1.0f));
  G_F z = G_(g_log_part)(f, e * (G_F)(G_LN2_LO)) + f;
  z = G_(g_fma)(e, (G_F)(G_LN2_HI), z);
  G_F infinity = G_(g_float)((G_I)(0x7f800000));
  G_F outside = x == (G_F)(-1.0f) ? -infinity : infinity - infinity;
  outside = x > (G_F)(-1.0f) ? x : outside;
  z = x < infinity ? z : outside;
  z = x > (G_F)(-1.0f) ? z : outside;
  return fabs(x) < (G_F)(2.9802322e-8f) ? x : z;
}

// log(1 + exp(-|x|)): a polynomial in u = exp(-|x|), which is between 0 and 1
DEVICE G_F G_(g_softplus_part)(G_F x) {
  G_F u = G_(g_exp)(-fabs(x));
  G_F q = (G_F)(-0.0032910742f);
  q = G_(g_fma)(q, u, (G_F)(0.02008846f));
  q = G_(g_fma)(q, u, (G_F)(-0.057460483f));
  q = G_(g_fma)(q, u, (G_F)(0.10661371f));
  q = G_(g_fma)(q, u, (G_F)(-0.15344977f));
  q = G_(g_fma)(q, u, (G_F)(0.19692121f));
  q = G_(g_fma)(q, u, (G_F)(-0.2495802f));
  q = G_(g_fma)(q, u, (G_F)(0.33330464f));
  q = G_(g_fma)(q, u, (G_F)(-0.4999993f));
  return G_(g_fma)(u * u, q, u);
}

DEVICE G_F G_(g_softplus)(G_F x) { return G_(g_relu)(x) + G_(g_softplus_part)(x); }
DEVICE G_F G_(g_logsigmoid)(G_F x) {
  G_F below = x > (G_F)(0.0f) ? (G_F)(0.0f) : x;
  return below - G_(g_softplus_part)(x);
}

// The device's own: rarely needed, and hard to do well for large arguments.
DEVICE G_F G_(g_sin)(G_F x) { return sin(x); }
DEVICE G_F G_(g_cos)(G_F x) { return cos(x); }
DEVICE G_F G_(g_pow)(G_F a, G_F b) { return pow(a, b); }

#undef G_LOG2E
#undef G_LN2_HI
#undef G_LN2_LO
#undef G_ROUND
