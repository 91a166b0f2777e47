/** The words of the window, explained for a person who has not read the paper. docs/glossary.md has those of the code. */

export interface Word {
  /** In addresses: #/help/ID. */
  readonly id: string
  readonly word: string
  /** One or two sentences; formulas between dollar signs. */
  readonly meaning: string
  /** Other names for it. */
  readonly also?: string
}

export const WORDS = [
  {
    id: 'rollout',
    word: 'Rollout',
    also: 'sample, completion, generation',
    meaning:
      'An answer that the model sampled and the verifier judged: from the prompt, or from a state inside another answer.',
  },
  {
    id: 'trajectory',
    word: 'Trajectory',
    meaning: 'A rollout from the prompt. Others can start inside it, because what the model computed for it is kept.',
  },
  {
    id: 'step',
    word: 'Step',
    meaning: 'A piece of a trajectory, usually a line. The steps joined are the whole answer.',
  },
  {
    id: 'state',
    word: 'State',
    also: '$s_i$',
    meaning: 'The prompt with the steps before step $i$: what the model has in front of it when it writes that step.',
  },
  {
    id: 'continuation',
    word: 'Continuation',
    meaning: 'A rollout from a state. Several of them show how likely success is from there.',
  },
  {
    id: 'value',
    word: 'Value',
    also: '$V(s)$',
    meaning:
      'The share of right answers among the continuations from a state. With few continuations it is known roughly; the interval beside it says how roughly.',
  },
  {
    id: 'advantage',
    word: 'Advantage',
    also: '$A$',
    meaning:
      'What a step changed: the value after it minus the value before it, $V(s_{i+1}) - V(s_i)$. Above 0 it helped, below 0 it hurt.',
  },
  {
    id: 'undecided',
    word: 'Undecided',
    also: '$V(1 - V)$',
    meaning:
      'How open the outcome is in a state: 0 where all continuations end alike, $\\tfrac14$ where half of them are right. From undecided states there is most to learn, because answers differ.',
  },
  {
    id: 'critical',
    word: 'Critical step',
    also: 'pivotal step',
    meaning:
      'The step before which new rollouts begin, chosen by the plan’s rule; usually the one before which the outcome is most undecided. It need not be the mistake: what hurt most is marked separately.',
  },
  {
    id: 'reset',
    word: 'Reset',
    meaning:
      'Going back to the state before the critical step and sampling new rollouts from there. What was written before is kept and not trained.',
  },
  {
    id: 'group',
    word: 'Group',
    meaning:
      'Rollouts from one state that are compared with each other. If all got the same reward, the group is decided: there is nothing to compare, and it teaches nothing.',
  },
  {
    id: 'guidance',
    word: 'Guidance',
    also: 'GPO',
    meaning:
      'Everything from values to the reset: it decides where new rollouts begin. Without it, all of them begin at the prompt: the base algorithm.',
  },
  {
    id: 'verifier',
    word: 'Verifier',
    also: 'reward function',
    meaning:
      'Finds the answer in a completion and compares it with the reference. Right is a reward of 1, everything else 0.',
  },
  {
    id: 'held-out',
    word: 'Held-out accuracy',
    meaning:
      'The share of right answers, always choosing the most likely token, on rows that were never trained on. Only this tells whether the model has learned more than its training rows.',
  },
  {
    id: 'interval',
    word: 'Interval',
    also: 'confidence interval',
    meaning:
      'Where the true number lies in nine of ten cases, if the rows are a fair sample. Two accuracies whose difference has an interval around 0 are not measurably different.',
  },
  {
    id: 'policy',
    word: 'Policy and reference',
    also: '$\\pi$, $\\pi_{ref}$',
    meaning: 'The model that is trained, and the model that the run began with. Their distance is the KL divergence.',
  },
  {
    id: 'kl',
    word: 'KL divergence',
    meaning:
      'How far the trained model has moved from the model that the run began with, in nats per token. A penalty on it keeps the model close.',
  },
  {
    id: 'entropy',
    word: 'Entropy',
    meaning:
      'How undecided the model is about its next token. When it falls to 0, all rollouts are the same and nothing more is learned.',
  },
  {
    id: 'iteration',
    word: 'Iteration',
    meaning:
      'One round: sample, look for critical steps, sample from there, update. After it everything is consistent; a run pauses and stops there.',
  },
  {
    id: 'checkpoint',
    word: 'Checkpoint',
    meaning:
      'The weights after an iteration, with all that is needed to go on from there. After a crash the run goes on from the newest one.',
  },
  {
    id: 'lora',
    word: 'LoRA',
    also: 'adapter',
    meaning:
      'Small matrices beside the model’s own, which alone are trained: less memory, and a result of a few megabytes that is added to the base model.',
  },
  {
    id: 'experiment',
    word: 'Experiment',
    also: 'study',
    meaning:
      'Variants of a plan, each trained with several seeds, and the question fixed before the first of them begins: is the difference larger than chance?',
  },
] as const satisfies readonly Word[]

export type WordId = (typeof WORDS)[number]['id']

export const wordOf = (id: WordId): Word => WORDS.find((word) => word.id === id)!
