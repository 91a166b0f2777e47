/**
 * A head that the config ties to the embedding but that a file stores again: it must be equal to the embedding, otherwise the model would be
 * another one.
 */
import { GpoError } from '@shared/errors'
import type { TensorReader } from './tensor-reader'

export const HEAD = 'lm_head.weight'
export const EMBEDDING = 'model.embed_tokens.weight'

/** Numbers compared at once: 16 MiB of each. */
const AT_ONCE = 1 << 22

function firstDifference(file: TensorReader, size: number): number {
  for (let from = 0; from < size; from += AT_ONCE) {
    const length = Math.min(AT_ONCE, size - from)
    const [head, embedding] = [file.readPart(HEAD, from, length), file.readPart(EMBEDDING, from, length)]
    const at = head.findIndex((value, i) => value !== embedding[i])
    if (at >= 0) return from + at
  }
  return -1
}

/** @throws GpoError('model') for a separate head although the config ties it */
export function checkTiedHead(folder: string, file: TensorReader): void {
  if (!file.names.includes(HEAD)) return
  const [head, embedding] = [file.info(HEAD).shape, file.info(EMBEDDING).shape]
  const isSameShape = head.join() === embedding.join()
  if (
    isSameShape &&
    firstDifference(
      file,
      head.reduce((a, b) => a * b, 1),
    ) < 0
  )
    return
  const found = isSameShape ? 'other numbers' : `another shape, [${head.join(', ')}],`
  throw new GpoError(
    'model',
    `${folder}: ${HEAD} has ${found} than ${EMBEDDING}, but its config.json ties them: set "tie_word_embeddings" to false if the model has its own head, else remove the tensor`,
  )
}
