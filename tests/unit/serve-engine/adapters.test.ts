/** Which adapters are loaded, with pools that do nothing. */
import { createAdapters } from '@main/serve-engine/adapters'
import { expect, test } from 'vitest'

function setup(most?: number) {
  const opened: (string | null)[] = []
  const closed: (string | null)[] = []
  const broken = new Set<string | null>()
  const adapters = createAdapters(async (path) => {
    if (broken.has(path)) throw new Error(`${path} is broken`)
    opened.push(path)
    return { path, close: async () => void closed.push(path) }
  }, most)
  return { adapters, opened, closed, broken }
}

test('each adapter has a number and a pool of its own; the base is opened when it is asked for', async () => {
  const { adapters, opened } = setup()
  const first = await adapters.load('/a/1.gguf', 'v1')
  const second = await adapters.load('/a/2.gguf', 'v2')
  expect(second).not.toBe(first)
  expect(opened).toEqual(['/a/1.gguf', '/a/2.gguf'])
  expect((await adapters.pool(second)).path).toBe('/a/2.gguf')
  expect((await adapters.pool(null)).path).toBeNull()
  expect(await adapters.pool(null)).toBe(await adapters.pool(null))
  expect(opened).toEqual(['/a/1.gguf', '/a/2.gguf', null])
  expect(adapters.list()).toEqual([
    { id: first, name: 'v1', path: '/a/1.gguf' },
    { id: second, name: 'v2', path: '/a/2.gguf' },
  ])
})

test('the same name is loaded once, and belongs to one file', async () => {
  const { adapters, opened } = setup()
  const ids = await Promise.all([adapters.load('/a/1.gguf', 'v1'), adapters.load('/a/1.gguf', 'v1')])
  expect(ids[0]).toBe(ids[1])
  expect(opened).toHaveLength(1)
  await expect(adapters.load('/a/2.gguf', 'v1')).rejects.toThrow(/belongs to another adapter/)
})

test('after unloading, its memory is freed and its number means nothing', async () => {
  const { adapters, closed } = setup()
  const id = await adapters.load('/a/1.gguf', 'v1')
  await adapters.unload(id)
  expect(closed).toEqual(['/a/1.gguf'])
  await expect(adapters.pool(id)).rejects.toThrow(/load it with/)
  await expect(adapters.unload(id)).rejects.toThrow(/No adapter has the number/)
  expect(await adapters.load('/a/1.gguf', 'v1')).not.toBe(id)
})

test('only so many fit, and a path must be absolute', async () => {
  const { adapters } = setup(1)
  await expect(adapters.load('1.gguf', 'v1')).rejects.toThrow(/no absolute path/)
  await adapters.load('/a/1.gguf', 'v1')
  await expect(adapters.load('/a/2.gguf', 'v2')).rejects.toThrow(/1 adapters are loaded already/)
})

test('what could not be opened leaves nothing behind', async () => {
  const { adapters, broken } = setup(1)
  broken.add('/a/1.gguf').add(null)
  await expect(adapters.load('/a/1.gguf', 'v1')).rejects.toThrow(/is broken/)
  await expect(adapters.pool(null)).rejects.toThrow(/is broken/)
  expect(adapters.list()).toEqual([])
  broken.clear()
  await adapters.load('/a/1.gguf', 'v1')
  expect((await adapters.pool(null)).path).toBeNull()
})

test('at the end all are closed', async () => {
  const { adapters, closed } = setup()
  await adapters.load('/a/1.gguf', 'v1')
  await adapters.pool(null)
  await adapters.close()
  expect(closed).toEqual(['/a/1.gguf', null])
})
