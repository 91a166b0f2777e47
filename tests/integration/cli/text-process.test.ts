/** Work on text in a process of its own: it gives what this process would, and code from files that never ends or fills the memory harms nobody. */
import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { openTextProcess } from '@main/library/text-work/client'
import { runHere } from '@main/library/text-work/run'
import { type Fork, forkNode, type WorkerProcess } from '@main/workers/fork'
import { segmentationSchema } from '@shared/schemas/plan'
import { afterAll, describe, expect, inject, it } from 'vitest'
import { whileAnswering } from '../../support/answering'
import { temporaryFolder } from '../../support/gpo'
import { startServer } from '../../unit/host/served'
import { byteLevel, byteLevelFiles, folderWith } from '../../unit/text/tokenizer/fixtures'

const workerPath = join(dirname(inject('program')), 'text-worker.cjs')
process.env.GPO_STUDIO_HOME = temporaryFolder()

const format = { template: '{prompt}', chatTemplate: true }
const example = { row: 0, prompt: 'hello', reference: 'hell' }
const withTemplate = (template: string) => folderWith({ ...byteLevelFiles, 'chat_template.jinja': template })

/** A tokenizer whose regular expression needs exponential time for this text. */
const HOSTILE = `${'a'.repeat(40)}b`
const CUT = { type: 'Split', pattern: { Regex: '(a+)+$' }, behavior: 'Isolated', invert: false }
const withPattern = () => folderWith({ ...byteLevelFiles, 'tokenizer.json': { ...byteLevel, pre_tokenizer: CUT } })

describe('the process for text', () => {
  const text = openTextProcess({ workerPath })
  afterAll(text.close)

  it('gives what this process would, and errors with their code', async () => {
    const folder = withTemplate('{{ messages[0].content }}!')
    const asked = [folder, format, [example]] as const
    expect(await text.run('tokens', ...asked)).toEqual(await runHere('tokens', ...asked))
    expect(await text.run('tokenizer', folder, null)).toMatchObject({ vocabSize: 264, hasChatTemplate: true })
    const none = await text.run('tokenizer', `${folder}/none`, null).catch((error: unknown) => error)
    expect(none).toMatchObject({ name: 'GpoError', code: 'model', message: expect.stringContaining('ENOENT') })
  })

  it('is ended by the system where a task fills the memory, and the next task gets another one', async () => {
    let made: WorkerProcess | null = null
    const fork: Fork = (...where) => {
      made = forkNode(...where)
      return made
    }
    const killed = openTextProcess({ workerPath, fork })
    const folder = withPattern()
    setTimeout(() => process.kill(made!.pid!, 'SIGKILL'), 1500) // as Linux does
    await expect(killed.run('steps', folder, HOSTILE, segmentationSchema.parse({}))).rejects.toThrow(
      'it took too much memory',
    )
    expect(await killed.run('tokenizer', folder, null)).toMatchObject({ vocabSize: 264 })
    killed.close()
  })

  it('is ended with the program, and who waits is told', async () => {
    const closing = openTextProcess({ workerPath })
    const [first, second] = [0, 1].map(() =>
      closing.run('tokenizer', withPattern(), null).catch((error: unknown) => error),
    )
    await new Promise((resolve) => setTimeout(resolve, 50))
    closing.close()
    for (const answer of [await first, await second]) expect(answer).toMatchObject({ code: 'interrupted' })
  })

  it('is ended where a task takes too long, and the next task gets another one', async () => {
    const impatient = openTextProcess({ workerPath, limitMs: 2800 })
    const folder = withPattern()
    await expect(impatient.run('steps', folder, HOSTILE, segmentationSchema.parse({}))).rejects.toThrow(
      `it took over 2.8 s. The cause is probably a chat template, a regular expression or the tokenizer of ${folder}`,
    )
    expect(await impatient.run('tokenizer', folder, null)).toMatchObject({ vocabSize: 264 })
    impatient.close()
  })
})

it('while code from a file runs, the program answers its window', async () => {
  const server = await startServer({ text: { workerPath } })
  const { api } = await server.api()
  const rows = join(server.folder, 'rows.jsonl')
  writeFileSync(rows, `${JSON.stringify({ prompt: HOSTILE, answer: '1' })}\n`)
  const model = join(server.folder, 'model')
  cpSync(inject('model'), model, { recursive: true })
  const json = JSON.parse(readFileSync(join(model, 'tokenizer.json'), 'utf8'))
  writeFileSync(join(model, 'tokenizer.json'), JSON.stringify({ ...json, pre_tokenizer: CUT }))
  const given = async (path: string) => (await api.system.typed({ path })).grant
  const { id } = await api.datasets.add({ grant: await given(rows) })
  await api.models.add({ grant: await given(model) })
  const asked = api.datasets
    .lengths({ id, model, template: '{prompt}', chatTemplate: false })
    .catch((error: unknown) => error)
  expect(await whileAnswering(asked, () => api.runs.list())).toMatchObject({
    message: expect.stringContaining('regular expression'),
  })
  await server.close()
})
