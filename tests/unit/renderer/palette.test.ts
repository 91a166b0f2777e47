import { type Commands, type Entry, matching, paletteEntries } from '@renderer/app/palette-entries'
import type { ActiveRun } from '@shared/contract/runs'
import type { RunListItem } from '@shared/schemas/run'
import { expect, test, vi } from 'vitest'

const commands = {
  go: vi.fn(),
  changeSettings: vi.fn(),
  pause: vi.fn(),
  resume: vi.fn(),
  stop: vi.fn(),
  checkpoint: vi.fn(),
  evaluate: vi.fn(),
} satisfies Commands

const stopped = { id: 'r1', name: 'first run', status: 'stopped', isReadOnly: false } as RunListItem
const active = { id: 'r2', name: 'second run', state: 'running' } as ActiveRun
const idle = { active: null, queue: [] }

const found = (query: string, live: Parameters<typeof paletteEntries>[0]['live'] = idle, runs = [stopped]): Entry[] =>
  matching(paletteEntries({ runs, studies: [], live }, commands), query)
const labels = (...args: Parameters<typeof found>) => found(...args).map(({ label }) => label)

test.each([
  ['dark', 'Dark theme'],
  ['night', 'Dark theme'],
  ['learning rate', 'Learning rate'],
  ['lr', 'Learning rate'],
  ['kl_coef', 'KL'],
  ['resume', 'Resume first run'],
  ['continue', 'Resume first run'],
  ['export', 'Export'],
  ['gguf', 'Export first run'],
  ['hugging face', 'Download a model from the Hub'],
  ['demo', 'Train the example'],
  ['explore first', 'Explore first run'],
])('%s finds %s', (query, label) => {
  expect(labels(query).some((one) => one.includes(label))).toBe(true)
})

test('a page whose name is typed comes first', () => {
  expect(labels('export')[0]).toBe('Export')
  expect(labels('models')[0]).toBe('Models')
})

test('only what is possible is offered', () => {
  expect(labels('pause')).not.toContain('Pause the run')
  expect(labels('pause', { active, queue: [] })).toContain('Pause the run')
  expect(labels('resume', { active: { ...active, state: 'paused' }, queue: [] })).toContain('Resume the run')
  expect(labels('stop', { active: { ...active, state: 'stopping' }, queue: [] })).not.toContain(
    'Stop the run after this iteration',
  )
  expect(labels('evaluate', { active: { ...active, isEvaluated: true }, queue: [] })).toContain('Evaluate now')
  expect(labels('evaluate', { active: { ...active, isEvaluated: false }, queue: [] })).not.toContain('Evaluate now')
  expect(labels('resume', idle, [{ ...stopped, status: 'completed' }])).not.toContain('Resume first run')
})

test('actions act', () => {
  found('dark')[0]!.act()
  expect(commands.changeSettings).toHaveBeenCalledWith({ theme: 'dark' })
  found('stop', { active, queue: [] })
    .find(({ label }) => label.startsWith('Stop'))!
    .act()
  expect(commands.stop).toHaveBeenCalledWith('r2')
  found('warmup')[0]!.act()
  expect(commands.go).toHaveBeenCalledWith(expect.stringMatching(/^\/new\?setting=/))
})

test('without a text there are pages and actions', () => {
  expect(new Set(found('').map(({ group }) => group))).toEqual(new Set(['Pages', 'Actions']))
})

test('nothing is found for what nothing is called', () => {
  expect(found('zzzz qqq')).toEqual([])
})
