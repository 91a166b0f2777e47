/** The data of a stopped run is edited: resuming says what changed, and goes on with the changed file when a person wants it. */
import { appendFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { gpo, show } from '../support/gpo'
import { journey } from './support/journey'
import { computing } from './support/processes'
import { reached, startRun, stopRun } from './support/start'

const NAME = 'my pairs'
const pair = (n: number) => `${JSON.stringify({ prompt: `${n}+1=`, chosen: ` ${n + 1}`, rejected: ` ${n + 2}` })}\n`

journey(
  'a run whose data has changed is refused with what changed, and resumes with the changed file',
  async (walk) => {
    const { page, home } = walk
    const data = join(home, 'pairs.jsonl')
    await startRun(walk, {
      name: NAME,
      model: { path: 'bundled:tiny' },
      data: { train: { path: data } },
      objective: { kind: 'dpo' },
      gpo: { criticalStep: 'none' },
      budget: { iterations: 400, promptsPerIteration: 4 },
      checkpoint: { everyIterations: 1 },
    })
    await reached(walk, NAME, 2)
    await stopRun(page)
    await page.getByText(/^Stopped after iteration \d+\./).waitFor()
    const before = (await show(home)).iteration
    appendFileSync(data, pair(16))

    const resume = page.getByRole('button', { name: 'Resume', exact: true })
    const question = page.getByRole('dialog', { name: 'The run was not resumed' })
    const goOn = question.getByRole('button', { name: 'Resume with the changed files' })
    await resume.click()
    await goOn.waitFor()
    expect(await question.innerText()).toMatch(/training data .*pairs\.jsonl had [\d,]+ bytes and has [\d,]+/)
    expect(await question.innerText(), 'no command in the window').not.toContain('--allow-changed')

    // Left alone, nothing happens.
    await question.getByRole('button', { name: 'Leave it stopped' }).click()
    await question.waitFor({ state: 'detached' })
    expect(computing(walk.pid)).toEqual([])
    expect((await show(home)).status).toBe('stopped')

    await resume.click()
    await goOn.click()
    await page
      .getByRole('alert')
      .filter({ hasText: 'The run goes on' })
      .getByText(/pairs\.jsonl/)
      .waitFor()
    await reached(walk, NAME, before + 1)
    await stopRun(page)
    await page.getByText(/^Stopped after iteration \d+\./).waitFor()

    // The changed file is what the run is compared with from now on.
    await resume.click()
    await page.getByRole('button', { name: 'Pause', exact: true }).waitFor()
    expect(await question.count()).toBe(0)
    await stopRun(page)
    await page.getByText(/^Stopped after iteration \d+\./).waitFor()
  },
  {
    timeout: 240_000,
    async prepare(home) {
      const data = join(home, 'pairs.jsonl')
      writeFileSync(data, Array.from({ length: 16 }, (_, n) => pair(n)).join(''))
      expect((await gpo(home, 'data', 'add', data)).code).toBe(0)
    },
  },
)
