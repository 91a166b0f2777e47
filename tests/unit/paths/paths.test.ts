import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { databaseFile, dataFolder, datasetPath, modelPath, resourcesFolder } from '@main/paths'
import { runFolder } from '@main/paths/run-folder'
import { GpoError } from '@shared/errors'
import { describe, expect, it } from 'vitest'

const packageFolder = resolve(import.meta.dirname, '../../..')

/** The error of a path that must be refused. */
function refusal(find: () => unknown): GpoError {
  try {
    find()
  } catch (error) {
    if (error instanceof GpoError) return error
    throw error
  }
  throw new Error('the path was accepted')
}

describe('the data folder', () => {
  it('is GPO_STUDIO_HOME where that is set, on every system', () => {
    for (const platform of ['linux', 'darwin', 'win32'])
      expect(dataFolder({ GPO_STUDIO_HOME: '/data/gpo' }, platform)).toBe(resolve('/data/gpo'))
  })

  it('is where each system keeps the data of programs', () => {
    expect(dataFolder({ XDG_DATA_HOME: '/xdg' }, 'linux')).toBe('/xdg/gpo-studio')
    expect(dataFolder({}, 'linux')).toBe(join(homedir(), '.local/share/gpo-studio'))
    expect(dataFolder({ XDG_DATA_HOME: '/xdg' }, 'darwin')).toBe(
      join(homedir(), 'Library/Application Support/gpo-studio'),
    )
    expect(dataFolder({ APPDATA: '/roaming' }, 'win32')).toBe('/roaming/gpo-studio')
    expect(dataFolder({ APPDATA: '' }, 'win32')).toBe(join(homedir(), 'AppData/Roaming/gpo-studio'))
  })

  it('ignores an empty or a relative XDG_DATA_HOME, as its specification asks', () => {
    for (const XDG_DATA_HOME of ['', 'data'])
      expect(dataFolder({ XDG_DATA_HOME }, 'linux')).toBe(join(homedir(), '.local/share/gpo-studio'))
  })
})

describe('the database and its runs', () => {
  it('is runs.db in the data folder unless chosen', () => {
    expect(databaseFile()).toBe(join(dataFolder(), 'runs.db'))
    expect(databaseFile('/elsewhere/mine.db')).toBe('/elsewhere/mine.db')
    expect(databaseFile('mine.db')).toBe(resolve('mine.db'))
  })

  it('has each run in a folder beside it', () => {
    expect(runFolder('/elsewhere/mine.db', '0abc12de-f')).toBe('/elsewhere/runs/0abc12de-f')
  })

  it.each(['', '.', '..', '../other', 'a/b', 'a\\b', '.hidden', 'a\0b', 'evil.app'])(
    'refuses %j as the id of a run',
    (id) => {
      expect(refusal(() => runFolder('/elsewhere/mine.db', id)).code).toBe('usage')
    },
  )
})

describe('what is bundled', () => {
  it('is in the resources folder of the package', () => {
    expect(resourcesFolder()).toBe(join(packageFolder, 'resources'))
  })

  it('is found by its name', () => {
    expect(modelPath('bundled:tiny')).toBe(join(packageFolder, 'resources/models/tiny'))
    expect(datasetPath('bundled:chain-arithmetic')).toBe(
      join(packageFolder, 'resources/datasets/chain-arithmetic/train.jsonl'),
    )
    expect(datasetPath('bundled:chain-arithmetic/train')).toBe(datasetPath('bundled:chain-arithmetic'))
    expect(datasetPath('bundled:chain-arithmetic/test')).toBe(
      join(packageFolder, 'resources/datasets/chain-arithmetic/test.jsonl'),
    )
    for (const split of ['train', 'test'])
      expect(existsSync(datasetPath(`bundled:shuffled-objects/${split}`))).toBe(true)
  })

  it('is listed when a name is wrong', () => {
    const model = refusal(() => modelPath('bundled:huge'))
    expect(model.code).toBe('notFound')
    expect(model.message).toMatch(/no bundled model "bundled:huge"; there are: .*bundled:tiny/)
    expect(refusal(() => datasetPath('bundled:gsm')).message).toMatch(
      /there are: .*bundled:boolean-expressions, bundled:chain-arithmetic/,
    )
    expect(refusal(() => datasetPath('bundled:chain-arithmetic/dev')).message).toMatch(/has the parts train and test/)
  })

  it.each(['', '.', '..', '../datasets', 'tiny/', 'tiny/..', 'tiny/tokenizer.json', '/etc', 'tiny\0', '__proto__'])(
    'never leads out of its folder: %j',
    (name) => {
      expect(refusal(() => modelPath(`bundled:${name}`)).code).toBe('notFound')
    },
  )

  it.each([
    '..',
    '../models',
    'chain-arithmetic/../../models/tiny',
    'chain-arithmetic/train/..',
    'chain-arithmetic/train.jsonl',
    './chain-arithmetic',
  ])('never leads out of the datasets: %j', (name) => {
    expect(refusal(() => datasetPath(`bundled:${name}`)).code).toBe('notFound')
  })

  it('leaves other paths alone', () => {
    expect(modelPath('/models/llama')).toBe('/models/llama')
    expect(datasetPath('rows.jsonl')).toBe(resolve('rows.jsonl'))
  })
})
