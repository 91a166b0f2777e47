/** A process that speaks the trainer's protocol without training. What it does with the start message is the plan's name. */
import { writeSync } from 'node:fs'

const metrics = (iteration) => ({ type: 'metrics', iteration, values: { 'reward/mean': iteration / 4 } })
const send = (event) => new Promise((done) => process.send(event, undefined, undefined, done))
const idle = setInterval(() => {}, 1000)

const parts = {
  async completes() {
    for (let i = 1; i <= 500; i++) process.send(metrics(i))
    await send({ type: 'finished', outcome: 'completed', iteration: 500 })
    process.exit(0)
  },
  async malforms() {
    await send(metrics(1))
    await send({ type: 'metrics', iteration: 2, values: { 'reward/mean': 'high' } })
    await send(metrics(3))
  },
  async streams() {
    for (let i = 1; ; i++) {
      await send(metrics(i))
      await new Promise((done) => setTimeout(done, 1))
    }
  },
  async crashes() {
    await send(metrics(1))
    writeSync(2, `${'noise\n'.repeat(1000)}terminate called: out of memory in kernel 7\n`)
    process.abort()
  },
  echoes() {
    process.on('message', async (command) => {
      await send({ type: 'environment', environment: { got: command.type } })
      if (command.type !== 'stop') return
      await send({ type: 'finished', outcome: 'stopped', iteration: 0 })
      clearInterval(idle)
      process.disconnect()
    })
  },
  async reports({ train, evaluation, resumeFrom }) {
    await send({
      type: 'environment',
      environment: { rows: train.length, evaluation: evaluation.length, resumeFrom: String(resumeFrom) },
    })
    process.exit(3)
  },
}

process.once('message', (start) => parts[start.plan.name](start))
process.on('disconnect', () => process.exit(0))
