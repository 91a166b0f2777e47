/** The entry of the process that works on text. Code from files can keep it busy or fill its memory: main ends it then, or its own limit does. */
import { setFlagsFromString } from 'node:v8'
import { parentPort } from '@main/workers/parent-port'
import { dieWithParent } from '@main/workers/watchdog'
import { describeError, GpoError } from '@shared/errors'
import type { Asked, TextAnswer } from './messages'
import { runHere } from './run'

/** A dataset and a tokenizer take some hundreds of megabytes. */
const MAX_HEAP_MB = 1536

dieWithParent()
process.title = 'gpo text' // in lists of processes: not one of those that train
setFlagsFromString(`--max-old-space-size=${MAX_HEAP_MB}`)
process.on('SIGINT', () => {}) // Ctrl-C reaches the whole process group; the parent decides
process.on('disconnect', () => process.exit(0))

async function answer({ task, input }: Asked): Promise<TextAnswer> {
  try {
    return { result: await runHere(task, ...input) }
  } catch (error) {
    if (!(error instanceof GpoError)) console.error(error)
    return { code: error instanceof GpoError ? error.code : null, message: describeError(error) }
  }
}

/** Main asks for one task at a time. */
parentPort.on('message', (event) => {
  void answer(event?.data as Asked).then((told) => parentPort.postMessage(told)) // main and this process are one program
})
