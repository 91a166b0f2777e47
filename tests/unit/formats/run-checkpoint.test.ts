import { createHash } from 'node:crypto'
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { realFileSystem } from '@main/formats/atomic'
import {
  applyRetention,
  type CheckpointContent,
  latestCheckpoint,
  readCheckpoint,
  writeCheckpoint,
} from '@main/formats/run-checkpoint'
import { GpoError } from '@shared/errors'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

let runFolder = ''
beforeEach(() => {
  runFolder = mkdtempSync(join(tmpdir(), 'gpo-checkpoint-'))
})
afterEach(() => rmSync(runFolder, { recursive: true, force: true }))

const tensor = (shape: number[], ...values: number[]) => ({ shape, data: Float32Array.from(values) })

function content(iteration: number, change: Partial<CheckpointContent> = {}): CheckpointContent {
  return {
    iteration,
    state: { optimiserSteps: 12, best: { iteration: 3, accuracy: 0.5 }, note: 'Größe', nothing: null },
    groups: {
      trainable: new Map([
        ['layers.0.q.lora_A', tensor([2, 3], 1, -2, 3.5, 1e-38, -0, 3.4e38)],
        ['scalar', tensor([], 7)],
        ['empty', tensor([0, 4])],
      ]),
      optimiser: new Map([['m.layers.0.q.lora_A', tensor([2, 3], 0.1, 0.2, 0.3, 0.4, 0.5, iteration)]]),
    },
    ...change,
  }
}

const sha256 = (path: string) => createHash('sha256').update(readFileSync(path)).digest('hex')

function failure(act: () => unknown): GpoError {
  try {
    act()
  } catch (error) {
    if (error instanceof GpoError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

/** Rewrites a checkpoint's manifest with a checksum that fits: as a faulty program, not an accident, would leave it. */
function forge(folder: string, change: (manifest: Record<string, unknown>) => unknown): void {
  const path = join(folder, 'manifest.json')
  const manifest = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>
  writeFileSync(path, JSON.stringify(change(manifest)))
  writeFileSync(join(folder, 'manifest.sha256'), `${sha256(path)}  manifest.json\n`)
}

describe('a checkpoint', () => {
  it('comes back as it was written, to the bit', () => {
    const record = writeCheckpoint(runFolder, content(40))
    const read = readCheckpoint(join(runFolder, record.path))
    expect(read).toEqual(content(40))
    expect([...read.groups.trainable!.keys()]).toEqual(['layers.0.q.lora_A', 'scalar', 'empty'])
  })

  it('is a folder named by its iteration, whose record tells size and checksum', () => {
    const record = writeCheckpoint(runFolder, content(40))
    const folder = join(runFolder, 'checkpoint-00000040')
    const files = readdirSync(folder)
    expect(files).toEqual(['manifest.json', 'manifest.sha256', 'optimiser.safetensors', 'trainable.safetensors'])
    expect(record).toEqual({
      iteration: 40,
      path: 'checkpoint-00000040',
      bytes: files.reduce((sum, name) => sum + statSync(join(folder, name)).size, 0),
      sha256: sha256(join(folder, 'manifest.json')),
    })
    expect(readdirSync(runFolder)).toEqual(['checkpoint-00000040'])
  })

  it('has a manifest that names each file with its size and checksum, in the form of sha256sum for itself', () => {
    const folder = join(runFolder, writeCheckpoint(runFolder, content(40)).path)
    const { format, iteration, state, files } = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8'))
    expect({ format, iteration, state }).toEqual({ format: 1, iteration: 40, state: content(40).state })
    const optimiser = join(folder, 'optimiser.safetensors')
    expect(files['optimiser.safetensors']).toEqual({ bytes: statSync(optimiser).size, sha256: sha256(optimiser) })
    expect(readFileSync(join(folder, 'manifest.sha256'), 'utf8')).toBe(
      `${sha256(join(folder, 'manifest.json'))}  manifest.json\n`,
    )
  })

  it('written again replaces the one of the same iteration and leaves nothing else', () => {
    writeCheckpoint(runFolder, content(40))
    writeCheckpoint(runFolder, content(40, { state: { optimiserSteps: 13 } }))
    expect(readCheckpoint(join(runFolder, 'checkpoint-00000040')).state).toEqual({ optimiserSteps: 13 })
    expect(readdirSync(runFolder)).toEqual(['checkpoint-00000040'])
  })

  it.each([Number.NaN, Infinity])('with %s in it is not written, since it could not be read back', (value) => {
    writeCheckpoint(runFolder, content(39))
    const error = failure(() =>
      writeCheckpoint(runFolder, content(40, { groups: { optimiser: new Map([['v', tensor([2], 1, value)]]) } })),
    )
    expect(error.code).toBe('training')
    expect(error.message).toMatch(new RegExp(`v \\(optimiser\\) holds ${value} at index 1, so training has diverged`))
    expect(readdirSync(runFolder)).toEqual(['checkpoint-00000039'])
  })

  it('whose shape does not fit its values is a bug that throws', () => {
    expect(() =>
      writeCheckpoint(runFolder, content(40, { groups: { g: new Map([['w', tensor([3], 1, 2)]]) } })),
    ).toThrow(/w has 2 values, \[3\] takes 3/)
  })
})

describe('damage', () => {
  it('of any byte of any file is found', () => {
    const folder = join(runFolder, writeCheckpoint(runFolder, content(40)).path)
    for (const name of readdirSync(folder)) {
      const path = join(folder, name)
      const whole = readFileSync(path)
      for (let i = 0; i < whole.length; i++) {
        const flipped = Buffer.from(whole)
        flipped[i]! ^= 1 << (i % 8)
        writeFileSync(path, flipped)
        const error = failure(() => readCheckpoint(folder))
        if (error.code !== 'storage' || !error.message.includes(name))
          throw new Error(`byte ${i} of ${name}: ${error.message}`)
      }
      writeFileSync(path, whole)
    }
    expect(readCheckpoint(folder)).toEqual(content(40))
  })

  it.each(['manifest.json', 'manifest.sha256', 'optimiser.safetensors', 'trainable.safetensors'])(
    'is reported when %s is cut short, longer or missing',
    (name) => {
      const folder = join(runFolder, writeCheckpoint(runFolder, content(40)).path)
      const path = join(folder, name)
      const whole = readFileSync(path)
      for (const changed of [whole.subarray(0, -1), whole.subarray(0, 0), Buffer.concat([whole, Buffer.from(' ')])]) {
        writeFileSync(path, changed)
        expect(failure(() => readCheckpoint(folder))).toMatchObject({
          code: 'storage',
          message: expect.stringContaining(name),
        })
      }
      rmSync(path)
      expect(failure(() => readCheckpoint(folder)).message).toMatch(
        /checkpoint-00000040 is damaged: .*resume from an older one/,
      )
    },
  )

  it('is reported with what was expected and what was found', () => {
    const folder = join(runFolder, writeCheckpoint(runFolder, content(40)).path)
    const path = join(folder, 'optimiser.safetensors')
    const whole = readFileSync(path)
    writeFileSync(path, whole.subarray(8))
    expect(failure(() => readCheckpoint(folder)).message).toContain(
      `optimiser.safetensors is ${whole.length - 8} bytes long, expected ${whole.length}`,
    )
    const before = sha256(join(folder, 'trainable.safetensors'))
    writeFileSync(path, whole)
    const other = readFileSync(join(folder, 'trainable.safetensors'))
    other[other.length - 1]! ^= 1
    writeFileSync(join(folder, 'trainable.safetensors'), other)
    const after = sha256(join(folder, 'trainable.safetensors'))
    expect(failure(() => readCheckpoint(folder)).message).toContain(
      `trainable.safetensors has SHA-256 ${after}, expected ${before}`,
    )
  })

  it('of a missing folder is reported', () => {
    expect(failure(() => readCheckpoint(join(runFolder, 'checkpoint-00000099'))).message).toMatch(
      /checkpoint-00000099 is damaged: manifest\.json is missing/,
    )
  })

  it('of a disk that cannot be read is reported', () => {
    const folder = join(runFolder, writeCheckpoint(runFolder, content(40)).path)
    rmSync(join(folder, 'optimiser.safetensors'))
    mkdirSync(join(folder, 'manifest'))
    rmSync(join(folder, 'manifest.json'))
    symlinkSync('manifest', join(folder, 'manifest.json'))
    expect(failure(() => readCheckpoint(folder))).toMatchObject({
      code: 'storage',
      message: expect.stringContaining('EISDIR'),
    })
  })
})

describe('a manifest that was made up', () => {
  it('of another format is refused with both numbers', () => {
    const folder = join(runFolder, writeCheckpoint(runFolder, content(40)).path)
    forge(folder, (manifest) => ({ ...manifest, format: 2 }))
    expect(failure(() => readCheckpoint(folder)).message).toMatch(/manifest\.json has format 2; this version reads 1/)
  })

  it('is not parsed where it is mostly brackets', () => {
    const folder = join(runFolder, writeCheckpoint(runFolder, content(40)).path)
    forge(folder, (manifest) => ({ ...manifest, state: { a: Array.from({ length: 600_000 }, () => []) } }))
    expect(failure(() => readCheckpoint(folder)).message).toMatch(/manifest\.json has more than 1,000,000 values/)
  })

  it.each([
    ['files of other folders', { '../../secret.safetensors': { bytes: 1, sha256: '' } }],
    ['files of other folders in the way of Windows', { '..\\secret.safetensors': { bytes: 1, sha256: '' } }],
    ['files of other kinds', { 'manifest.json': { bytes: 1, sha256: '' } }],
    ['files without facts', { 'trainable.safetensors': null }],
    ['files with facts of wrong kinds', { 'trainable.safetensors': { bytes: '1', sha256: '' } }],
    ['no files', null],
    ['a list of files', []],
  ])('with %s is refused', (_, files) => {
    const folder = join(runFolder, writeCheckpoint(runFolder, content(40)).path)
    forge(folder, (manifest) => ({ ...manifest, files }))
    expect(failure(() => readCheckpoint(folder))).toMatchObject({
      code: 'storage',
      message: expect.stringContaining('manifest.json'),
    })
  })

  it.each([[null], [7], [[]], [{ format: 1 }]])('that is %j is refused', (value) => {
    const folder = join(runFolder, writeCheckpoint(runFolder, content(40)).path)
    forge(folder, () => value)
    expect(failure(() => readCheckpoint(folder)).code).toBe('storage')
  })

  it('naming a file that is not a safetensors file is refused as a failure of storage', () => {
    const folder = join(runFolder, writeCheckpoint(runFolder, content(40)).path)
    const path = join(folder, 'optimiser.safetensors')
    writeFileSync(path, 'short')
    forge(folder, (manifest) => ({
      ...manifest,
      files: { 'optimiser.safetensors': { bytes: 5, sha256: sha256(path) } },
    }))
    expect(failure(() => readCheckpoint(folder))).toMatchObject({
      code: 'storage',
      message: expect.stringMatching(/optimiser\.safetensors is 5 bytes long/),
    })
  })
})

describe('a write that fails', () => {
  it.each([0, 1, 5, 8])(
    'on a full disk after %i writes leaves nothing behind and the checkpoint before untouched',
    (writes) => {
      writeCheckpoint(runFolder, content(39))
      let left = writes
      const full = {
        write(file: number, bytes: Uint8Array): number {
          if (left-- > 0) return realFileSystem.write(file, bytes)
          throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' })
        },
      }
      const error = failure(() => writeCheckpoint(runFolder, content(40), full))
      expect(error.code).toBe('storage')
      expect(error.message).toBe(
        `writing the checkpoint of iteration 40 into ${runFolder}, which needs 52 bytes, failed (ENOSPC): the disk is full: free some space`,
      )
      expect(readdirSync(runFolder)).toEqual(['checkpoint-00000039'])
      expect(readCheckpoint(join(runFolder, 'checkpoint-00000039'))).toEqual(content(39))
    },
  )

  it('while replacing leaves the one that was there', () => {
    writeCheckpoint(runFolder, content(40))
    const full = {
      write(): number {
        throw Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' })
      },
    }
    failure(() => writeCheckpoint(runFolder, content(40, { state: {} }), full))
    expect(readCheckpoint(join(runFolder, 'checkpoint-00000040'))).toEqual(content(40))
  })

  it('goes on after a short write of the system', () => {
    const slow = { write: (file: number, bytes: Uint8Array) => realFileSystem.write(file, bytes.subarray(0, 3)) }
    writeCheckpoint(runFolder, content(40), slow)
    expect(readCheckpoint(join(runFolder, 'checkpoint-00000040'))).toEqual(content(40))
  })

  it('where no folder can be made names the place and the cause', () => {
    writeFileSync(join(runFolder, 'file'), '')
    const error = failure(() => writeCheckpoint(join(runFolder, 'file'), content(40)))
    expect(error).toMatchObject({
      code: 'storage',
      message: expect.stringMatching(/file, which needs 52 bytes, failed \(ENOTDIR\)/),
    })
  })
})

describe('after a kill between writing and renaming', () => {
  beforeEach(() => {
    writeCheckpoint(runFolder, content(30))
    const whole = join(runFolder, 'checkpoint-00000030')
    cpSync(whole, join(runFolder, 'partial-checkpoint-00000040'), { recursive: true })
    rmSync(join(runFolder, 'partial-checkpoint-00000040', 'manifest.json'))
  })

  it('the leftover counts for nothing', () => {
    expect(latestCheckpoint(runFolder)?.iteration).toBe(30)
  })

  it('the same iteration can be written', () => {
    writeCheckpoint(runFolder, content(40))
    expect(readCheckpoint(join(runFolder, 'checkpoint-00000040'))).toEqual(content(40))
    expect(readdirSync(runFolder)).toEqual(['checkpoint-00000030', 'checkpoint-00000040'])
  })

  it('the leftover goes with the next retention, and other files stay', () => {
    writeFileSync(join(runFolder, 'partial-notes.txt'), 'mine')
    writeCheckpoint(runFolder, content(50))
    expect(applyRetention(runFolder, { newest: 50, keepLast: 2, keepIterations: [] })).toEqual([])
    expect(readdirSync(runFolder)).toEqual(['checkpoint-00000030', 'checkpoint-00000050', 'partial-notes.txt'])
  })
})

describe('the latest checkpoint', () => {
  it('is none where there is none, or no folder', () => {
    expect(latestCheckpoint(runFolder)).toBeNull()
    expect(latestCheckpoint(join(runFolder, 'nowhere'))).toBeNull()
  })

  it('is the newest, with the record it was written with', () => {
    writeCheckpoint(runFolder, content(100))
    writeCheckpoint(runFolder, content(9))
    const record = writeCheckpoint(runFolder, content(1000))
    expect(latestCheckpoint(runFolder)).toEqual(record)
  })

  it('passes over damaged ones and tells of each', () => {
    const record = writeCheckpoint(runFolder, content(10))
    for (const iteration of [20, 30]) writeCheckpoint(runFolder, content(iteration))
    writeFileSync(join(runFolder, 'checkpoint-00000020', 'trainable.safetensors'), 'short')
    rmSync(join(runFolder, 'checkpoint-00000030', 'manifest.json'))
    writeFileSync(join(runFolder, 'checkpoint-00000099'), 'a file, not a folder')
    const told: string[] = []
    expect(latestCheckpoint(runFolder, ({ message }) => told.push(message))).toEqual(record)
    expect(told.map((message) => /checkpoint-\d+/.exec(message)?.[0])).toEqual([
      'checkpoint-00000099',
      'checkpoint-00000030',
      'checkpoint-00000020',
    ])
  })
})

describe('retention', () => {
  const kept = () => readdirSync(runFolder).map((name) => Number(name.slice(-8)))

  it('keeps the newest and the chosen ones and names those it removed, oldest first', () => {
    for (const iteration of [10, 20, 30, 40, 50]) writeCheckpoint(runFolder, content(iteration))
    const removed = applyRetention(runFolder, { newest: 50, keepLast: 2, keepIterations: [20, 77] })
    expect(removed).toEqual(['checkpoint-00000010', 'checkpoint-00000030'])
    expect(kept()).toEqual([20, 40, 50])
    expect(readCheckpoint(join(runFolder, 'checkpoint-00000020'))).toEqual(content(20))
  })

  it('takes the highest iteration for the newest where none is named', () => {
    for (const iteration of [10, 20, 30]) writeCheckpoint(runFolder, content(iteration))
    expect(applyRetention(runFolder, { keepLast: 1, keepIterations: [10] })).toEqual(['checkpoint-00000020'])
    expect(kept()).toEqual([10, 30])
  })

  it('removes nothing while there are few', () => {
    for (const iteration of [1, 2]) writeCheckpoint(runFolder, content(iteration))
    expect(applyRetention(runFolder, { newest: 2, keepLast: 2, keepIterations: [] })).toEqual([])
    expect(kept()).toEqual([1, 2])
  })

  it.each([1, 0])('never removes the newest, even when told to keep %i', (keepLast) => {
    for (const iteration of [1, 2, 3]) writeCheckpoint(runFolder, content(iteration))
    applyRetention(runFolder, { newest: 3, keepLast, keepIterations: [] })
    expect(kept()).toEqual([3])
  })

  it('gives up the later ones of a course that was left, after going on from an older checkpoint', () => {
    for (const iteration of [10, 20, 30, 40]) writeCheckpoint(runFolder, content(iteration))
    writeCheckpoint(runFolder, content(25))
    const removed = applyRetention(runFolder, { newest: 25, keepLast: 2, keepIterations: [40] })
    expect(removed).toEqual(['checkpoint-00000010', 'checkpoint-00000030', 'checkpoint-00000040'])
    expect(kept()).toEqual([20, 25])
    expect(latestCheckpoint(runFolder)?.iteration).toBe(25)
  })
})
