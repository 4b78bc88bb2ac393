// SPDX-License-Identifier: Apache-2.0
// Uniform and normal numbers from random words, included once per width by philox.h. Only + - * fma and integer
// operations, which are exact or correctly rounded everywhere, so that every device and the Java reference give the
// same bits.

// In (0, 1]: u 2^-32 + 2^-33, u rounded to a float first.
DEVICE G_F G_(g_uniform)(G_U u) {
  return G_(g_fma)(G_(g_uint_float)(u), (G_F)(2.3283064e-10f), (G_F)(1.1641532e-10f));
}

// The square root of 0 or of a normal number: three Newton steps towards 1 / sqrt(x) from a guess made of the bits of
// x, and one that rounds the root correctly but for the rarest cases. OpenCL's own may be off by 3 ULP.
DEVICE G_F G_(g_root)(G_F x) {
  G_F y = G_(g_float)((G_I)(0x5f3759df) - (G_(g_bits)(x) >> 1));
  G_F h = (G_F)(0.5f) * x;
#pragma unroll
  for (int step = 0; step < 3; step++) {
    y = y * G_(g_fma)(-(h * y), y, (G_F)(1.5f));
  }
  G_F root = x * y;
  root = G_(g_fma)(G_(g_fma)(-root, root, x), (G_F)(0.5f) * y, root);
  return x > (G_F)(0.0f) ? root : (G_F)(0.0f);
}

// Two independent standard normals from two words (Box and Muller): the first word gives the angle v pi, -1 <= v <= 1,
// the second the radius sqrt(-2 ln u).
DEVICE void G_(g_normals)(G_U angle, G_U radius, G_F* first, G_F* second) {
  G_F u = G_(g_uniform)(radius);
  G_I part = G_(g_log_exponent)(u);
  G_F e = G_(g_convert)(part >> 23);
  G_F f = G_(g_float)(G_(g_bits)(u) - part) - (G_F)(1.0f);
  G_F z = G_(g_log_part)(f, e * (G_F)(-1.9046542e-9f)) + f;
  z = G_(g_fma)(e, (G_F)(0.6931472f), z);
  G_F r = G_(g_root)((G_F)(-2.0f) * z);

  // v = q / 2 + t with |t| <= 1/4, exactly; sine and cosine of t pi, then the quadrant
  G_F v = G_(g_fma)(G_(g_signed_float)(angle), (G_F)(4.656613e-10f), (G_F)(2.3283064e-10f));
  G_F rounded = v + v + (G_F)(12582912.0f);
  G_I q = G_(g_bits)(rounded);
  G_F t = G_(g_fma)(rounded - (G_F)(12582912.0f), (G_F)(-0.5f), v);
  G_F t2 = t * t;
  G_F s = (G_F)(-0.5892775f);
  s = G_(g_fma)(s, t2, (G_F)(2.5497947f));
  s = G_(g_fma)(s, t2, (G_F)(-5.167709f));
  s = G_(g_fma)(s, t2, (G_F)(-8.742278e-8f));
  s = G_(g_fma)(t, (G_F)(3.1415927f), t * s);
  G_F c = (G_F)(0.22898193f);
  c = G_(g_fma)(c, t2, (G_F)(-1.3347579f));
  c = G_(g_fma)(c, t2, (G_F)(4.0586967f));
  c = G_(g_fma)(c, t2, (G_F)(-4.934802f));
  c = G_(g_fma)(c, t2, (G_F)(1.0f));
  G_F sine = (q & (G_I)(1)) != (G_I)(0) ? c : s;
  G_F cosine = (q & (G_I)(1)) != (G_I)(0) ? s : c;
  G_I sine_sign = (q & (G_I)(2)) << 30;
  G_I cosine_sign = ((q + (G_I)(1)) & (G_I)(2)) << 30;
  *first = G_(g_float)(G_(g_bits)(sine) ^ sine_sign) * r;
  *second = G_(g_float)(G_(g_bits)(cosine) ^ cosine_sign) * r;
}
