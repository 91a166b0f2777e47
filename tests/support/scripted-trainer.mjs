/** A process that speaks the trainer's protocol without training: the prompt of each row is, as JSON, what it does, in their order. */
import { writeSync } from 'node:fs'

const idle = setInterval(() => {}, 1000)

/** Waits until the message is handed over, so that what follows comes after it. */
const send = (message) => new Promise((done) => process.send(message, undefined, undefined, done))

const deeds = {
  send: ({ message }) => send(message),
  wait: ({ ms }) => new Promise((done) => setTimeout(done, ms)),
  kill: () => process.kill(process.pid, 'SIGKILL'),
  exit: ({ code, says = '' }) => {
    writeSync(2, says)
    process.exit(code)
  },
  obey: () =>
    new Promise((done) => {
      process.on('message', ({ type }) => type === 'stop' && done())
    }),
}

process.once('message', async ({ train }) => {
  for (const { prompt } of train) {
    const deed = JSON.parse(prompt)
    await deeds[deed.do](deed)
  }
  clearInterval(idle)
  process.disconnect()
})
process.on('disconnect', () => process.exit(0))
