// SPDX-License-Identifier: Apache-2.0
// Adam's constants at step t, from the macros BETA1, BETA2 and their natural logarithms LOG_BETA1, LOG_BETA2.
// 1 - beta and 1 - beta^t come from expm1: beta = 0.999 rounded to a float would cost 1 - beta five digits.
#ifndef GANDER_ADAM_H
#define GANDER_ADAM_H

#define ADAM_REST1() (-g_expm1_1(LOG_BETA1))                       // 1 - beta1
#define ADAM_REST2() (-g_expm1_1(LOG_BETA2))                       // 1 - beta2
#define ADAM_RATE(rate, t) ((rate) / -g_expm1_1((t) * LOG_BETA1))  // rate / (1 - beta1^t)
#define ADAM_SCALE(t) (1.0f / -g_expm1_1((t) * LOG_BETA2))         // 1 / (1 - beta2^t)

#endif
