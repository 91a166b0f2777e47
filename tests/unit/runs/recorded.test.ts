import { runWithFiles } from '@main/runs/recorded'
import { expect, it } from 'vitest'
import { errorOf, newRun, open } from '../store/fixtures'

it('opens no model and no data that only a bundle names', () => {
  const store = open()
  const id = newRun(store)
  expect(runWithFiles(store, id).id).toBe(id)
  store.db.prepare('UPDATE runs SET is_read_only = 1 WHERE id = ?').run(id)
  expect(errorOf(() => runWithFiles(store, id))).toMatchObject({
    code: 'usage',
    message: expect.stringContaining('A run from a bundle has neither its model nor its data here'),
  })
})
