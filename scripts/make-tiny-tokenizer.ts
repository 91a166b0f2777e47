/** Writes the tiny model's tokenizer to resources/models/tiny: `node scripts/make-tiny-tokenizer.ts`. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { tinyTokenizerFiles } from './tokenizer/tiny-tokenizer.ts'

const folder = join(import.meta.dirname, '../resources/models/tiny')

mkdirSync(folder, { recursive: true })
for (const [name, content] of Object.entries(tinyTokenizerFiles())) {
  writeFileSync(join(folder, name), `${JSON.stringify(content, null, 2)}\n`)
  console.log(join(folder, name))
}
