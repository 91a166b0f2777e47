/** Serves procedures to the parent process like the trainer, without a contract, so that a test can choose any answer. */
import { os } from '@orpc/server'
import { RPCHandler } from '@orpc/server/message-port'

const port = {
  postMessage: (message) => process.send(message, undefined, undefined, () => {}),
  on: (event, callback) => {
    if (event === 'message') process.on('message', (data) => callback({ data }))
    else process.on('disconnect', () => callback())
  },
}

/** @param train an async generator of batches of events; @param commands what it does when it is asked to */
export function serveTrainer(train, commands = {}) {
  const does = (name) => os.handler(() => commands[name]?.())
  const router = {
    train: os.handler(({ input }) => train(input)),
    ...Object.fromEntries(
      ['stop', 'stopNow', 'pause', 'continue', 'checkpoint', 'evaluate'].map((name) => [name, does(name)]),
    ),
    end: os.handler(() => void setImmediate(() => process.exit(0))),
  }
  new RPCHandler(router).upgrade(port)
  process.on('disconnect', () => process.exit(0))
}

/** Waits until all sent messages are delivered. */
export const handedOver = () => new Promise((resolve) => setTimeout(resolve, 20))
