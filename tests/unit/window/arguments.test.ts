import { expect, it } from 'vitest'
import { commandArguments } from '../../../src/main/window/arguments'

it('what follows `--gpo --` are the arguments of the command, switches of Chromium among them', () => {
  const argv = [
    '/opt/GPO Studio/gpo-studio',
    '--disable-gpu',
    '--gpo',
    '--',
    'train',
    'plan.json',
    '--no-sandbox',
    '--',
  ]
  expect(commandArguments(argv)).toEqual(['train', 'plan.json', '--no-sandbox', '--'])
  expect(commandArguments(['gpo-studio', '--gpo', '--'])).toEqual([])
})

it('everything else asks for the window', () => {
  for (const argv of [
    ['gpo-studio'],
    ['gpo-studio', '--gpo'],
    ['gpo-studio', '--', '--gpo'],
    ['gpo-studio', '--db', 'x', '--'],
  ])
    expect(commandArguments(argv), argv.join(' ')).toBeNull()
})
