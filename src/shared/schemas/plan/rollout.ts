/** How rollouts are sampled. */
import { z } from 'zod'
import { positiveInt, settingIn } from './setting'

const sampling = settingIn('Sampling')
const memory = settingIn('Speed and memory')

export const rolloutSchema = z.strictObject({
  maxNewTokens: sampling(positiveInt(32768).default(256), {
    label: 'Longest completion',
    unit: 'tokens',
    isSimple: true,
    aliases: ['max_completion_length', 'max_new_tokens', 'response_length', 'max_response_length', 'max_tokens'],
    what: 'A longer completion is cut off here and counts as truncated.',
    advice:
      'A little more than correct solutions need. Raise it when many are truncated; memory and time grow with it.',
  }),
  temperature: sampling(z.number().gt(0).max(10).default(1), {
    label: 'Temperature',
    symbol: 'τ',
    isSimple: true,
    aliases: ['temperature', 'sampling temperature'],
    what: 'How freely rollouts are sampled; for PPO and GRPO also the temperature of the log-probabilities that are trained.',
    advice: '1 for PPO and GRPO. 0.7 to 0.9 if most rollouts are nonsense; lower makes all rollouts alike.',
  }),
  topP: sampling(z.number().gt(0).max(1).default(1), {
    label: 'Nucleus',
    symbol: 'p',
    aliases: ['top_p', 'nucleus sampling'],
    what: 'Sample only from the most likely tokens that together have this probability. 1 = off.',
    advice: '1: truncation biases the probability ratio of PPO and GRPO.',
  }),
  topK: sampling(z.number().int().min(0).max(1e6).default(0), {
    label: 'Most likely tokens',
    symbol: 'k',
    unit: 'tokens',
    aliases: ['top_k'],
    what: 'Sample only from the k most likely tokens. 0 = off.',
    advice: '0: truncation biases the probability ratio of PPO and GRPO.',
  }),
  lanes: memory(positiveInt(4096).default(128), {
    label: 'Lanes',
    unit: 'sequences',
    aliases: ['max_num_seqs', 'rollout batch', 'vllm', 'generation batch size', 'parallel sequences'],
    what: 'Sequences decoded side by side; each holds its keys and values in memory.',
    advice: '64 to 256. Halve it when memory is short in the sampling phases.',
  }),
})
