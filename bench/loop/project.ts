/** A copy of this project with `npm run dev:serve` at work in it, for edits that the working tree must not see. */
import { type ChildProcess, spawn } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

const root = process.cwd()
const FILES = ['package.json', 'package-lock.json', 'tsconfig.json', 'electron.vite.config.ts']
const PARTS = ['src', 'scripts', 'resources', ...FILES]

export interface Project {
  readonly folder: string
  /** The link of the pages. */
  readonly url: string
  /** Milliseconds from the start of the loop to the link. */
  readonly startup: number
  /** Replaces text in a file. @returns when it was written, milliseconds since 1970 */
  edit(file: string, from: string, to: string): number
  /** Waits for a line of the loop that contains a text; only lines from this call on. */
  line(text: string): Promise<string>
  close(): Promise<void>
}

function edit(folder: string, file: string, from: string, to: string): number {
  const path = join(folder, file)
  const text = readFileSync(path, 'utf8')
  if (!text.includes(from)) throw new Error(`${file} has no ${JSON.stringify(from)}`)
  writeFileSync(path, text.replace(from, to))
  return Date.now()
}

/** Its lines, on both channels, to whoever waits. */
function listen(child: ChildProcess): Project['line'] {
  const waiting = new Set<{ text: string; found: (line: string) => void; failed: (error: Error) => void }>()
  const said: string[] = []
  const hear = (line: string) => {
    said.push(line)
    for (const one of waiting) if (line.includes(one.text)) waiting.delete(one) && one.found(line)
  }
  for (const stream of [child.stdout, child.stderr]) if (stream) createInterface(stream).on('line', hear)
  child.once('close', () => {
    for (const { text, failed } of waiting) failed(new Error(`the loop did not say "${text}": ${said.join('\n')}`))
  })
  return (text) => new Promise((found, failed) => waiting.add({ text, found, failed }))
}

export async function startProject(): Promise<Project> {
  const folder = mkdtempSync(join(tmpdir(), 'gpo-loop-'))
  for (const part of PARTS) cpSync(join(root, part), join(folder, part), { recursive: true })
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  const begin = Date.now()
  const child = spawn(process.execPath, ['scripts/dev.ts', 'serve', '--json'], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const line = listen(child)
  const { url } = JSON.parse(await line('"url"')) as { url: string }
  return {
    folder,
    url,
    startup: Date.now() - begin,
    edit: (file, from, to) => edit(folder, file, from, to),
    line,
    async close() {
      child.kill('SIGTERM')
      await new Promise((gone) => child.once('exit', gone))
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
