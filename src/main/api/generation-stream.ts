/** Tokens as a stream of events; whoever stops reading stops the generation. */
import type { GeneratedText, GeneratedToken, GenerationEvent } from '@shared/contract/playground'

type Generate = (onToken: (token: GeneratedToken) => void, signal: AbortSignal) => Promise<GeneratedText>

/** Tokens that arrive while the reader is busy are sent together. */
export async function* generationStream(
  generate: Generate,
  signal: AbortSignal | undefined,
): AsyncGenerator<GenerationEvent, void> {
  const stop = new AbortController()
  let waiting: GeneratedToken[] = []
  let ended: Promise<GeneratedText> | null = null
  let wake = () => {}
  const work = generate(
    (token) => {
      waiting.push(token)
      wake()
    },
    signal ? AbortSignal.any([signal, stop.signal]) : stop.signal,
  )
  const settle = () => {
    ended = work
    wake()
  }
  work.then(settle, settle)
  try {
    yield { type: 'loading' }
    while (ended === null || waiting.length > 0) {
      if (waiting.length > 0) {
        const tokens = waiting
        waiting = []
        yield { type: 'tokens', tokens }
      } else
        await new Promise<void>((resolve) => {
          wake = resolve
        })
    }
    yield { type: 'done', result: await work }
  } finally {
    stop.abort()
  }
}
