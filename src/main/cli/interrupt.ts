/** Ctrl-C: once asks for a stop at the next safe point, twice ends at once. */
import type { Trainer } from '@main/workers/client'

/** @param say prints a message for the person; @returns a function that stops listening */
export function stopOnInterrupt(trainer: Trainer, say: (text: string) => void): () => void {
  let count = 0
  const onSignal = () => {
    count++
    if (count === 1) {
      say(
        'stopping at the next safe point (press Ctrl-C again to end at once; resuming then repeats what came after the last checkpoint)',
      )
      trainer.stop()
    } else trainer.kill()
  }
  process.on('SIGINT', onSignal)
  process.on('SIGTERM', onSignal)
  return () => {
    process.off('SIGINT', onSignal)
    process.off('SIGTERM', onSignal)
  }
}
