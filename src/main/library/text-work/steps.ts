/** A text cut into steps, each with its number of tokens. */
import { segment } from '@main/text/segment'
import type { StepsPreview } from '@shared/contract/plans'
import type { Segmentation } from '@shared/schemas/plan'
import { openTokenizer } from '../tokenizers'

/** @throws {GpoError} 'model', or 'plan' for a pattern that cannot be used */
export function cutIntoSteps(
  folder: string,
  text: string,
  segmentation: Segmentation,
): Pick<StepsPreview, 'steps' | 'tokens'> {
  const tokenizer = openTokenizer(folder)
  const pieces = tokenizer.pieces(tokenizer.encode(text, { addSpecialTokens: false }))
  const steps = segment(pieces, segmentation).map(({ start, end }) => ({
    text: pieces.slice(start, end).join(''),
    tokens: end - start,
  }))
  return { steps, tokens: pieces.length }
}
