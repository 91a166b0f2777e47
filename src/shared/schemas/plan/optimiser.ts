/** AdamW and its learning rate. */
import { z } from 'zod'
import { settingIn } from './setting'

const optimiser = settingIn('Optimiser')

const decay = (fallback: number) => z.number().min(0).lt(1).default(fallback)

export const optimiserSchema = z.strictObject({
  learningRate: optimiser(z.number().min(0).max(1).default(1e-5), {
    label: 'Learning rate',
    symbol: 'η',
    isSimple: true,
    aliases: ['lr', 'learning_rate', 'step size'],
    what: 'Size of the optimiser’s steps, at its peak.',
    advice:
      'Full: 1e-6 for large models, up to 2e-4 for tiny ones. LoRA: 1e-5 to 3e-4. Too high shows as a jump in KL.',
  }),
  schedule: optimiser(z.enum(['constant', 'linear', 'cosine']).default('constant'), {
    label: 'Schedule',
    aliases: ['lr_scheduler_type', 'scheduler', 'decay'],
    what: 'How the learning rate falls after the warm-up, until the last iteration.',
    advice: 'Constant for reinforcement learning; linear or cosine for SFT.',
    options: { constant: 'Constant', linear: 'Linear to 0', cosine: 'Cosine to 0' },
  }),
  warmupSteps: optimiser(z.number().int().min(0).max(1e6).default(0), {
    label: 'Warm-up',
    unit: 'optimiser steps',
    aliases: ['warmup_steps', 'warmup_ratio', 'num_warmup_steps'],
    what: 'Optimiser steps over which the learning rate rises to its peak.',
    advice: '3 to 10 % of all steps.',
  }),
  weightDecay: optimiser(z.number().min(0).max(1).default(0), {
    label: 'Weight decay',
    symbol: 'λ',
    aliases: ['weight_decay', 'l2', 'adamw'],
    what: 'Shrinks the matrices a little at every optimiser step, apart from the gradient (AdamW).',
    advice: '0 for reinforcement learning and LoRA; 0.01 to 0.1 for SFT of all parameters.',
  }),
  maxGradNorm: optimiser(z.number().min(0).max(1e6).default(1), {
    label: 'Gradient clipping',
    aliases: ['max_grad_norm', 'grad_clip', 'clip_grad', 'gradient clipping'],
    what: 'A gradient with a larger global norm is scaled down to this norm. 0 = off.',
    advice: '1; 0.1 to 0.5 if grad_norm has spikes.',
  }),
  beta1: optimiser(decay(0.9), {
    label: 'First moment decay',
    symbol: 'β₁',
    aliases: ['adam_beta1', 'betas', 'momentum'],
    what: 'How long AdamW remembers the gradient’s direction.',
    advice: '0.9.',
  }),
  beta2: optimiser(decay(0.999), {
    label: 'Second moment decay',
    symbol: 'β₂',
    aliases: ['adam_beta2', 'betas'],
    what: 'How long AdamW remembers the gradient’s size.',
    advice: '0.999; 0.95 to 0.99 for short runs.',
  }),
  epsilon: optimiser(z.number().gt(0).max(1).default(1e-8), {
    label: 'Denominator floor',
    symbol: 'ϵ',
    aliases: ['adam_epsilon', 'eps'],
    what: 'Added to the root of the second moment in AdamW.',
    advice: '1e-8; 1e-6 if single parameters jump.',
  }),
})
