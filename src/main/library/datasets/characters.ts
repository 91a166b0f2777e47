import type { Example } from '@shared/schemas/dataset'

/** What a turn takes beside its text. */
const TURN = 50

/** How long an example's texts are together, about. */
export function charactersOf({ messages = [], ...texts }: Example): number {
  const { prompt, reference, completion, chosen, rejected, group } = texts
  const all = [prompt, reference, completion, chosen, rejected, group]
  const turns = messages.reduce((sum, { content }) => sum + content.length + TURN, 0)
  return all.reduce((sum, text) => sum + (text?.length ?? 0), turns)
}
