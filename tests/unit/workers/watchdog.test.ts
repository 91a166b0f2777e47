import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { isAlive } from '../../e2e/support/processes'

const CHILD = join(import.meta.dirname, '../../support/busy-child.mjs')
const PARENT = `require('node:child_process').fork(${JSON.stringify(CHILD)}).on('message', (pid) => console.log(pid))`

/** A parent, and the process id of its child that never returns to its event loop. */
async function startBusy() {
  const parent = spawn(process.execPath, ['--eval', PARENT], { stdio: ['ignore', 'pipe', 'inherit'] })
  const pid = await new Promise<number>((resolve) => parent.stdout.once('data', (text) => resolve(Number(text))))
  return { parent, pid }
}

it('a child that is stuck in synchronous work ends when its parent is killed, and not before', async () => {
  const { parent, pid } = await startBusy()
  await new Promise((resolve) => setTimeout(resolve, 1500)) // three looks
  expect(isAlive(pid)).toBe(true)
  parent.kill('SIGKILL')
  try {
    await expect.poll(() => isAlive(pid), { timeout: 10_000 }).toBe(false)
  } finally {
    if (isAlive(pid)) process.kill(pid, 'SIGKILL')
  }
})
