/** A process that speaks the trainer's contract without training. The plan's name decides what it does with the start message. */
import { writeSync } from 'node:fs'
import { handedOver, serveTrainer } from './serve-parent.mjs'

const metrics = (iteration) => ({ type: 'metrics', iteration, values: { 'reward/mean': iteration / 4 } })

const asked = []
let wake = () => {}
const note = (name) => {
  asked.push(name)
  wake()
}

const parts = {
  async *completes() {
    for (let i = 1; i <= 500; i++) yield [metrics(i)]
    yield [{ type: 'finished', outcome: 'completed', iteration: 500 }]
  },
  async *malforms() {
    yield [metrics(1)]
    yield [{ type: 'metrics', iteration: 2, values: { 'reward/mean': 'high' } }]
    yield [metrics(3)]
  },
  async *garbles() {
    yield [metrics(1)]
    await handedOver()
    process.send('gossip')
    await handedOver()
    yield [metrics(3)]
  },
  async *streams() {
    for (let i = 1; ; i++) {
      yield [metrics(i)]
      await new Promise((done) => setTimeout(done, 1))
    }
  },
  async *crashes() {
    yield [metrics(1)]
    await handedOver()
    writeSync(2, `${'noise\n'.repeat(1000)}terminate called: out of memory in kernel 7\n`)
    process.abort()
  },
  async *echoes() {
    for (;;) {
      while (asked.length > 0) {
        const got = asked.shift()
        yield [{ type: 'environment', environment: { got } }]
        if (got !== 'stop') continue
        yield [{ type: 'finished', outcome: 'stopped', iteration: 0 }]
        return
      }
      await new Promise((resolve) => {
        wake = resolve
      })
    }
  },
  async *reports({ train, evaluation, resumeFrom }) {
    yield [
      {
        type: 'environment',
        environment: { rows: train.length, evaluation: evaluation.length, resumeFrom: String(resumeFrom) },
      },
    ]
    await handedOver()
    process.exit(3)
  },
}

const commands = ['stop', 'stopNow', 'pause', 'continue', 'checkpoint', 'evaluate']
serveTrainer(
  (start) => parts[start.plan.name](start),
  Object.fromEntries(commands.map((name) => [name, () => note(name)])),
)
