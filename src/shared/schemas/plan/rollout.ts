/** How rollouts are sampled, and on which servers if not here. */
import { z } from 'zod'
import { addressProblem } from '../../engines/address'
import { ENGINE_PRECISIONS } from '../../engines/precision'
import { positiveInt, settingIn } from './setting'

const sampling = settingIn('Sampling')
const memory = settingIn('Speed and memory')
const servers = settingIn('Sampling servers')

const address = z
  .string()
  .max(300)
  .superRefine((text, context) => {
    const problem = addressProblem(text)
    if (problem !== null) context.addIssue({ code: 'custom', message: problem })
  })

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
  engines: servers(z.array(address).max(4096).default([]), {
    label: 'Servers that sample',
    aliases: ['vllm_server_base_url', 'vllm_server_host', 'rollout engine', 'sglang', 'llama.cpp', 'inference server'],
    what: 'Addresses of running servers (vLLM, llama.cpp, SGLang) that serve the same model; training stays here. Prompts and the adapter are sent to them. Empty: rollouts are sampled here.',
    advice:
      'http://127.0.0.1:8000, also for the end of a tunnel (ssh -L). Another machine’s address needs your consent once. LoRA only: the adapter is loaded anew after every update.',
  }),
  engineRequests: servers(positiveInt(1024).default(8), {
    label: 'Requests per server',
    unit: 'requests at a time',
    aliases: ['max_concurrency', 'in flight', 'max_num_seqs', 'concurrent requests'],
    what: 'How many requests a server is given at a time; each asks for all continuations of one state.',
    advice: '8 to 64 on a graphics card: raise it until tokens per second no longer rise. 1 to 4 on a CPU.',
  }),
  engineAttemptSeconds: servers(z.number().min(1).max(3600).default(30), {
    label: 'Time of an attempt',
    unit: 'seconds',
    aliases: ['request_timeout', 'timeout', 'read timeout'],
    what: 'A request without an answer for so long is taken from its server and sent to another one.',
    advice: 'A few times what a whole completion takes on the slowest server: more for long completions and CPUs.',
  }),
  engineGiveUpSeconds: servers(z.number().min(1).max(86_400).default(120), {
    label: 'Time for all attempts',
    unit: 'seconds',
    aliases: ['max_retries', 'retry timeout', 'total timeout', 'server_timeout'],
    what: 'When a request could not be done by any server for so long, the run ends; its last checkpoint is kept.',
    advice: 'Four attempts. Longer, if servers are restarted while the run goes on.',
  }),
  enginePrecision: servers(z.enum(ENGINE_PRECISIONS).default('bits16'), {
    label: 'Precision of the servers',
    aliases: ['dtype', 'kv_cache_dtype', 'quantization', 'logprob tolerance'],
    what: 'What the servers compute in. After each load, the log-probabilities of about 256 tokens are compared with the trainer’s; a server whose differences are more than 0.8, 4 or 18 % of them is not used.',
    advice:
      'As the servers were started. A refusal names the difference: a wrong adapter or model is far beyond these bounds.',
    options: { float32: '32 bits', bits16: '16 bits', quantised: '8 bits or fewer' },
  }),
  offPolicy: servers(z.enum(['tokens', 'sequences', 'none']).default('tokens'), {
    label: 'Correct what servers sampled',
    aliases: [
      'vllm_importance_sampling_correction',
      'rollout_correction',
      'truncated importance sampling',
      'tis',
      'rollout_is',
    ],
    what: 'A server’s probabilities differ a little from the trainer’s. Each token’s gradient is multiplied by π trainer / π server, at most the limit; or whole rollouts by the ratio of their probabilities, and those beyond the limit are left out.',
    advice:
      'By token. By rollout is exact in expectation but noisy for long completions. None only to see what the correction does.',
    options: { tokens: 'By token, truncated', sequences: 'By rollout, left out beyond the limit', none: 'None' },
  }),
  offPolicyLimit: servers(z.number().min(1).max(100).default(2), {
    label: 'Limit of the correction',
    symbol: 'C',
    aliases: ['vllm_importance_sampling_cap', 'tis_imp_ratio_cap', 'rollout_is_threshold'],
    what: 'The largest factor π trainer / π server that a gradient is multiplied by.',
    advice: '2. Look at the share of clipped tokens: above a few per cent the servers sample from another policy.',
  }),
})
