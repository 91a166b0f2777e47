/** Which objectives compare the policy with the model it began with. Pure. */

interface Objective {
  readonly kind: string
  /** Weight of the KL term, where the objective has one. */
  readonly kl?: number
}

const COMPARING: readonly string[] = ['dpo', 'kto']

export const usesReference = ({ kind, kl = 0 }: Objective): boolean => COMPARING.includes(kind) || kl > 0
