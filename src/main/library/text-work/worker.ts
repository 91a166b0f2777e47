/** The entry of the process that works on text. Code from files can keep it busy or fill its memory: main ends it then, or its own limit does. */
import { serveOneTask } from '@main/workers/one-task'
import type { Asked } from './messages'
import { runHere } from './run'

serveOneTask<Asked>({
  title: 'gpo text',
  maxHeapMb: 1536, // a dataset and a tokenizer take some hundreds of megabytes
  answer: async ({ task, input }) => ({ value: await runHere(task, ...input) }),
})
