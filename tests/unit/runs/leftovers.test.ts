import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { clearLeftovers } from '@main/runs/leftovers'
import { newRun } from '@main/runs/prepare'
import { thisProcess } from '@main/runs/process'
import { endRun, startRun } from '@main/store/runs'
import { expect, it } from 'vitest'
import { open, plan, temporaryHome } from '../../support/scripted-run'

const DEAD = 2 ** 22 + 1 // above the largest process id
const folder = (...path: string[]) => {
  mkdirSync(join(...path), { recursive: true })
  return join(...path)
}

it('clears what dead processes left unfinished, and nothing that is whole, in work or elsewhere', () => {
  const store = open()
  const home = dirname(store.file)
  const [ended, running] = [newRun(store, plan), newRun(store, plan)]
  startRun(store, ended.id, thisProcess())
  endRun(store, ended.id, thisProcess(), { status: 'interrupted' })
  startRun(store, running.id, thisProcess())
  const elsewhere = temporaryHome()
  writeFileSync(join(elsewhere, 'kept'), 'x')
  const gone = [
    folder(home, 'models', `run-1.partial-${DEAD}`),
    folder(home, 'studies', `study.partial-${DEAD}`),
    folder(ended.folder, 'partial-checkpoint-00000003'),
  ]
  const kept = [
    folder(home, 'models', `run-2.partial-${process.pid}`),
    folder(home, 'models', 'my.partial-model'),
    folder(ended.folder, 'checkpoint-00000002'),
    folder(running.folder, 'partial-checkpoint-00000001'),
    join(elsewhere, 'kept'),
  ]
  symlinkSync(elsewhere, join(home, `link.partial-${DEAD}`))
  clearLeftovers(store, (error) => expect.unreachable(String(error)))
  expect(gone.filter((path) => existsSync(path))).toEqual([])
  expect(kept.filter((path) => !existsSync(path))).toEqual([])
})
