/** Says its process id, then computes for ever without returning to the event loop. */
import { dieWithParent } from '../../src/main/workers/watchdog.ts'

dieWithParent()
process.send(process.pid)
setTimeout(() => {
  for (;;);
}, 50)
