/** A process that speaks the trainer's contract without training: the reference of each row is one action as JSON, in order. */
import { writeSync } from 'node:fs'
import { ORPCError } from '@orpc/server'
import { handedOver, serveTrainer } from './serve-parent.mjs'

/** What it was asked so far, and what waits for that. */
const heard = new Set()
let wake = () => {}
const hear = (command) => () => {
  heard.add(command)
  wake()
}
async function until(...commands) {
  while (!commands.some((command) => heard.has(command)))
    await new Promise((resolve) => {
      wake = resolve
    })
}

const deeds = {
  wait: ({ ms }) => new Promise((done) => setTimeout(done, ms)),
  kill: async () => {
    await handedOver()
    process.kill(process.pid, 'SIGKILL')
  },
  exit: async ({ code, says = '' }) => {
    await handedOver()
    writeSync(2, says)
    process.exit(code)
  },
  obey: () => until('stop', 'stopNow'),
  heed: ({ command }) => until(command),
}

async function* train({ train }) {
  for (const { reference } of train) {
    const deed = JSON.parse(reference)
    if (deed.do !== 'send') await deeds[deed.do](deed)
    else if (deed.message?.type === 'failed')
      throw new ORPCError('WORKER', { message: deed.message.message, data: { code: deed.message.code } })
    else yield [deed.message]
  }
}

const COMMANDS = ['stop', 'stopNow', 'pause', 'continue', 'checkpoint', 'evaluate']
serveTrainer(train, Object.fromEntries(COMMANDS.map((command) => [command, hear(command)])))
