/* Loops of the kind that trainers of language models in plain C have, such as llm.c:
 * one after the other over each row, in `float`, no intrinsics. build.rs compiles them
 * with -ffast-math, so that sums are added in any order and made into vectors. */

#include <math.h>
#include <stddef.h>
#include <stdint.h>

/* The mean loss of softmax cross-entropy, and its gradient. */
float c_loop_cross_entropy(const float *restrict logits, const uint32_t *restrict targets,
                           float *restrict grad, size_t rows, size_t classes)
{
    const float scale = 1.0f / (float)rows;
    float loss = 0.0f;
    for (size_t row = 0; row < rows; row++) {
        const float *restrict x = logits + row * classes;
        float *restrict d = grad + row * classes;
        const uint32_t target = targets[row];
        float largest = x[0];
        for (size_t i = 1; i < classes; i++) {
            largest = x[i] > largest ? x[i] : largest;
        }
        float sum = 0.0f;
        for (size_t i = 0; i < classes; i++) {
            d[i] = expf(x[i] - largest);
            sum += d[i];
        }
        const float factor = scale / sum;
        for (size_t i = 0; i < classes; i++) {
            d[i] *= factor;
        }
        d[target] -= scale;
        loss += logf(sum) + largest - x[target];
    }
    return loss * scale;
}

/* What a step of AdamW has for all elements. */
struct c_loop_adam_w_constants {
    float rate, beta1, beta2, eps, decay;
    /* 1 minus the powers of beta1 and beta2. */
    float correction1, correction2;
};

void c_loop_adam_w(float *restrict w, const float *restrict g, float *restrict m,
                   float *restrict v, size_t n, struct c_loop_adam_w_constants c)
{
    /* What all elements have in common is computed once, as plain.rs does it. */
    const float keep = 1.0f - c.rate * c.decay;
    const float rate = c.rate / c.correction1;
    const float root = 1.0f / sqrtf(c.correction2);
    const float rest1 = 1.0f - c.beta1;
    const float rest2 = 1.0f - c.beta2;
    for (size_t i = 0; i < n; i++) {
        m[i] = c.beta1 * m[i] + rest1 * g[i];
        v[i] = c.beta2 * v[i] + rest2 * g[i] * g[i];
        w[i] = keep * w[i] - rate * m[i] / (root * sqrtf(v[i]) + c.eps);
    }
}
