/** Adapter configs written by PEFT (tests/parity/peft_configs.py): plain ones are read, every variant is refused by its key. */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { readPeftConfig } from '@main/formats/peft'
import { describe, expect, it, test } from 'vitest'
import { folderWith } from '../unit/text/tokenizer/fixtures'

type Configs = Readonly<Record<string, Readonly<Record<string, unknown>>>>

const parity = resolve(import.meta.dirname, '../parity')
const golden: { readonly plain: Configs; readonly variants: Configs } = JSON.parse(
  readFileSync(join(parity, 'peft-configs.golden.json'), 'utf8'),
)
const read = (config: unknown) => readPeftConfig(folderWith({ 'adapter_config.json': config }))

describe('an adapter config of PEFT', () => {
  it.each(Object.entries(golden.plain))('that is %s is read', (_, config) => {
    expect(read(config)).toEqual({
      r: 4,
      alpha: config['lora_alpha'],
      dropout: config['lora_dropout'],
      rslora: config['use_rslora'],
      targets: ['q_proj', 'v_proj'],
      base: 'base',
    })
  })

  it.each(Object.entries(golden.variants))('with %s is refused by that name', (key, config) => {
    expect(() => read(config)).toThrow(`"${key}" is`)
  })
})

const python = process.env['GPO_PYTHON']
test.skipIf(!python)('the installed library writes no other keys', () => {
  const found = execFileSync(python ?? '', [join(parity, 'peft_configs.py'), '--check'], { encoding: 'utf8' })
  expect(found).toMatch(/no key is new/)
})
