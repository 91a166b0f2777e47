/** The terminal host: composition root of the `gpo` command. */

import type { RepositoryKind } from '@main/library/hub/client'
import { applySetting, parsePlan } from '@main/library/plans/plan-file'
import { EXPORT_FORMATS } from '@shared/contract/exports'
import { STUDY_FORMATS } from '@shared/contract/studies'
import { DEFAULT_RULE, SELECTING_RULES } from '@shared/method/critical-step'
import { SEARCHES } from '@shared/method/search'
import { DELIMITERS, type Delimiter } from '@shared/schemas/dataset'
import { BACKEND_NAMES } from '@shared/schemas/plan'
import { BUDGETS } from '@shared/schemas/study'
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import packageJson from '../../package.json'
import { collect } from './cli/collect'
import { describeData } from './cli/data'
import { compareDemo, demo } from './cli/demo'
import { evaluate, evaluations } from './cli/evaluations'
import { exportRun, importFile } from './cli/export'
import * as hub from './cli/hub'
import * as jobs from './cli/jobs'
import { createOutput, dropWhatNobodyReads, type Output, reportError } from './cli/output'
import { showRun, showRuns } from './cli/runs'
import { serve } from './cli/serve'
import { serveEngine } from './cli/serve-engine'
import { study } from './cli/study'
import { resume, train } from './cli/train'
import { inspectOptions } from './cli/workers'

const EXIT_CODES = `
Exit codes: 0 done or stopped on request, 1 unexpected error, 2 wrong usage or plan, 3 data, 4 model, 5 backend, 6 training failed (such as a loss that is not finite), 7 storage (disk full, damaged or newer database), 8 not found, 130 interrupted.
--json prints JSON Lines on standard output and nothing else there; progress goes to standard error.`

const appended = (value: string, all: string[]) => [...all, value]

function whole(min: number) {
  return (text: string): number => {
    const value = Number(text)
    if (Number.isInteger(value) && value >= min) return value
    throw new InvalidArgumentError(`expected a whole number, at least ${min}`)
  }
}

function positive(text: string): number {
  const value = Number(text)
  if (value > 0 && Number.isFinite(value)) return value
  throw new InvalidArgumentError('expected a number above 0')
}

/** `role=column,…`; a part without "=" is another column of the previous role: choices=A,B,C. */
function columnMap(text: string): Record<string, string> {
  const map = new Map<string, string>()
  let last = ''
  for (const piece of text.split(',')) {
    const at = piece.indexOf('=')
    if (at < 0 && last === '') throw new InvalidArgumentError('write it as role=column,role=column')
    if (at >= 0) last = piece.slice(0, at).trim()
    map.set(last, at < 0 ? `${map.get(last)},${piece}` : piece.slice(at + 1))
  }
  return Object.fromEntries(map)
}

const DELIMITER_NAMES: Readonly<Record<string, Delimiter>> = { comma: ',', semicolon: ';', tab: '\t', bar: '|' }

function delimiterOf(text: string): Delimiter {
  const named = Object.hasOwn(DELIMITER_NAMES, text) ? DELIMITER_NAMES[text] : undefined
  const found = DELIMITERS.find((one) => one === text) ?? named
  if (found !== undefined) return found
  throw new InvalidArgumentError(`write one of ${Object.keys(DELIMITER_NAMES).join(', ')}`)
}

const db = () => new Option('--db <file>', "database of runs; default: runs.db in the user's data folder")
const json = () => new Option('--json', 'JSON Lines on standard output')
const backend = () =>
  new Option('--backend <name>', 'library and device that compute').choices(['auto', ...BACKEND_NAMES]).default('auto')
const settings = () =>
  new Option('--set <key=value>', 'change one key of the plan, e.g. optimiser.learningRate=1e-4')
    .argParser(appended)
    .default([], 'none')

const engine = () =>
  new Option(
    '--engine <url>',
    'sample on this running server (vLLM, llama.cpp, SGLang), repeatable; prompts and the adapter are sent there. GPO_ENGINE_KEY is sent as its key',
  )
    .argParser(appended)
    .default([], 'the plan')

/** For commands whose work is done by a process of its own, which can be debugged. */
function inspectable(command: Command): Command {
  for (const option of inspectOptions()) command.addOption(option)
  return command
}

function modelAndData(command: Command): Command {
  return inspectable(command)
    .requiredOption(
      '--model <model>',
      'folder of a model or adapter, a .gguf file, bundled:tiny, a name from `gpo models list`, or a run (id, start of an id, name, last)',
    )
    .requiredOption('--data <file>', 'dataset file, or bundled:NAME/test')
    .option(
      '--verifier <kind>',
      'number, exact, choice, latex, steps, countdown, or JSON with options; default: what fits the data',
    )
    .option('--limit <n>', 'most rows used', whole(1))
    .option('--seed <n>', 'seed of sampling', whole(0), 1)
    .option('--temperature <t>', 'sampling temperature', positive, 1)
    .option('--max-new-tokens <n>', 'longest completion, in tokens', whole(1), 256)
    .addOption(backend())
    .addOption(db())
    .addOption(json())
}

// biome-ignore lint/suspicious/noExplicitAny: commander passes positional arguments and options untyped; each command names its own
type Args = any[]
type Action = (work: (output: Output, ...args: Args) => number | Promise<number>) => (...args: Args) => Promise<void>

/** `list`, `add`, `search` and `download` of models or datasets. Only the last two use a network. */
function hubCommands(parent: Command, kind: RepositoryKind, action: Action): void {
  const things = `${kind}s`
  parent
    .command('list')
    .description(`list the ${things} that were added or are in the Hugging Face cache`)
    .addOption(db())
    .addOption(json())
    .action(action((output, options) => hub.listLibrary(kind, options, output)))
  parent
    .command('add <path>')
    .description(`add a ${kind} from disk to the list`)
    .addOption(db())
    .addOption(json())
    .action(action((output, path, options) => hub.addToLibrary(kind, path, options, output)))
  parent
    .command('search <text>')
    .description(`search the Hugging Face Hub (HF_ENDPOINT) for ${things}`)
    .addOption(json())
    .action(action((output, text) => hub.searchLibrary(kind, text, output)))
  parent
    .command('download <repository>')
    .description(
      'download organisation/name into the Hugging Face cache (HF_HOME), resumable and checked; set HF_TOKEN for gated ones',
    )
    .option('--dry-run', 'only show licence, files and sizes')
    .option('--file <name>', 'which .gguf file of a repository')
    .addOption(db())
    .addOption(json())
    .action(action((output, id, options) => hub.downloadToLibrary(kind, id, options, output)))
}

/** Defines every command; `finish` gets its exit code. */
function createProgram(finish: (code: number) => void): Command {
  const program = new Command('gpo')
    .description('Fine-tune language models with Guided Pivotal Optimization.')
    .version(packageJson.version)
    .addHelpText('after', EXIT_CODES)
    .exitOverride()

  const action: Action =
    (work) =>
    async (...args) => {
      const options = args.at(-2) as { json?: boolean }
      finish(await work(createOutput(options.json === true), ...args))
    }

  inspectable(program.command('train <plan>'))
    .description('train a model as described in a plan file')
    .addOption(settings())
    .addOption(engine())
    .addOption(db())
    .addOption(json())
    .action(action((output, file, options) => train(file, options, output)))
  inspectable(program.command('collect <plan>'))
    .description(
      'sample trajectories, values, critical steps and pairs as a plan says, without training; the same command continues an interrupted collection',
    )
    .requiredOption('--out <folder>', 'where the shards go: a new folder, or one that holds a part of this collection')
    .option('--passes <n>', 'trajectories of each row of the data (default: 1)', whole(1))
    .addOption(settings())
    .addOption(engine())
    .addOption(db())
    .addOption(json())
    .action(action((output, file, options) => collect(file, options, output)))
  inspectable(program.command('resume <run>'))
    .description('continue a stopped, interrupted or failed run from its newest checkpoint')
    .option(
      '--allow-changed',
      'resume even if data, base weights, tokenizer or adapter have changed since the run began',
    )
    .option(
      '--from-disk',
      'resume from a newer checkpoint on disk that the database does not know (`gpo show` names it)',
    )
    .addOption(db())
    .addOption(json())
    .action(action((output, run, options) => resume(run, options, output)))
  program
    .command('runs')
    .description('list the runs')
    .addOption(db())
    .addOption(json())
    .action(action((output, options) => showRuns(options, output)))
  program
    .command('show <run>')
    .description('show a run: plan, evaluations, checkpoints, metrics')
    .option('--log', 'show what its trainer printed, and its errors with stack traces')
    .addOption(db())
    .addOption(json())
    .action(action((output, run, options) => showRun(run, options, output)))
  inspectable(program.command('study'))
    .argument('[study]', 'a JSON file, or the name of a study that has begun')
    .description('compare arms over seeds and tasks: start a study, continue it, or report what it found')
    .option('--check', 'only check all of its plans and estimate the time')
    .option('--list', 'list the studies')
    .option('--report', 'show accuracies, differences with intervals, and the verdict')
    .option('--budget <name>', `for --report: compare at equal ${BUDGETS.join(', ')} only; the axis of the figure`)
    .option('--problems <arm>', 'show which problems this arm solves and the base does not, and the reverse')
    .option('--task <name>', 'for --problems and --format svg: another task than the first')
    .addOption(new Option('--format <format>', 'of the report').choices(STUDY_FORMATS).default('markdown'))
    .option('--of <run>', "does guidance help here? The run's plan with guidance and without, over several seeds")
    .option('--seeds <n>', 'for --of: number of seeds', whole(1), 5)
    .option('--sweep <setting=values>', 'for --of: compare values of a setting instead, gpo.samples=2,4,8')
    .option('--out <file>', 'for --of: file of the new study')
    .option('--bundle <file>', 'write a file that repeats the study elsewhere; `gpo study <file>` starts it there')
    .addOption(
      new Option('--place <name=path>', 'where something is that a bundle names but does not contain')
        .argParser(appended)
        .default([], 'none'),
    )
    .addOption(new Option('--remove <which>', 'remove the study, and its runs or not').choices(['keep-runs', 'runs']))
    .addOption(db())
    .addOption(json())
    .action(action((output, file, options) => study(file, options, output)))
  modelAndData(
    program.command('eval').description('measure greedy accuracy, pass@k and majority@k, by verifier status'),
  )
    .option('--samples <k>', 'samples per row for pass@k and majority@k', whole(0), 0)
    .option('--save', 'keep the answers: `gpo evaluations` compares two row by row, the page Evaluate shows them')
    .action(action((output, options) => evaluate(options, output)))
  program
    .command('evaluations [ids...]')
    .description('list kept evaluations, or compare two on the rows that both have (McNemar)')
    .option('--csv <file>', 'write the rows of one, or of two side by side')
    .addOption(db())
    .addOption(json())
    .action(action((output, ids, options) => evaluations(ids, options, output)))
  modelAndData(
    program
      .command('critical')
      .description('sample trajectories and show values, advantages and critical steps; no training'),
  )
    .option('--mc <n>', 'Monte Carlo continuations per state', whole(1), 4)
    .addOption(
      new Option('--rule <rule>', 'rule that picks the critical step').choices(SELECTING_RULES).default(DEFAULT_RULE),
    )
    .addOption(
      new Option('--search <search>', 'which states get continuations; bisect for the rule undecided only')
        .choices(SEARCHES)
        .default('exhaustive'),
    )
    .action(action((output, options) => jobs.critical(options, output)))
  hubCommands(program.command('models').description('list, add, search or download models'), 'model', action)
  const data = program
    .command('data')
    .argument('<file>')
    .description(
      'show what a dataset contains, its bad rows, token lengths, and how the verifier judges its own answers',
    )
    .option('--verifier <kind>', 'number, exact, choice, latex, steps, countdown, or JSON with options')
    .option('--model <model>', 'folder or .gguf file of the model whose tokenizer counts the tokens', 'bundled:tiny')
    .option('--columns <map>', 'role=column,… or role=path.to[0].field, if the layout is not recognised', columnMap)
    .option('--part <name>', 'part of a dataset that has several: train, validation or test')
    .option('--delimiter <name>', 'field separator of a CSV file: comma, semicolon, tab or bar', delimiterOf)
    .addOption(json())
    .action(action((output, file, options) => describeData(file, options, output)))
  hubCommands(data, 'dataset', action)
  inspectable(program.command('score'))
    .description('compute the log-probability of every token of a completion after a prompt')
    .requiredOption(
      '--model <model>',
      'folder of a model or adapter, a .gguf file, bundled:tiny, a name from `gpo models list`, or a run',
    )
    .requiredOption('--prompt <text>', 'the prompt')
    .requiredOption('--completion <text>', 'the completion')
    .addOption(backend())
    .addOption(db())
    .addOption(json())
    .action(action((output, options) => jobs.score(options, output)))
  program
    .command('export <run>')
    .description(
      "export a run's weights, its adapter, training data from its trajectories, or the whole run as one file",
    )
    .requiredOption(
      '--out <path>',
      'a new folder (safetensors, adapter, trl, cluster, tensorboard, collection) or a new file (all others)',
    )
    .option('--format <format>', EXPORT_FORMATS.join(', '), 'safetensors')
    .addOption(
      new Option('--dtype <dtype>', 'number format of the weights')
        .choices(['F32', 'F16', 'BF16', 'Q8_0'])
        .default('F32'),
    )
    .option('--checkpoint <which>', 'last, best, or the number of an iteration', 'last')
    .addOption(
      new Option(
        '--states <which>',
        'for pairs, trl and unpaired: only the state before the critical step, or all states',
      )
        .choices(['critical', 'all'])
        .default('critical'),
    )
    .option('--per-state <n>', 'for pairs and trl: most pairs per state', whole(1), 4)
    .addOption(
      new Option('--source <which>', 'for pairs and trl: recorded by the run, saved by hand, or both')
        .choices(['recorded', 'saved', 'both'])
        .default('both'),
    )
    .addOption(db())
    .addOption(json())
    .action(action((output, run, options) => exportRun(run, options, output)))
  program
    .command('import <file>')
    .description("import another installation's run from a bundle (.gpo), read-only")
    .addOption(db())
    .addOption(json())
    .action(action((output, file, options) => importFile(file, options, output)))
  program
    .command('doctor')
    .description('check every backend: usable or why not, device, self-test, speed')
    .addOption(json())
    .action(action((output) => jobs.doctor(output)))
  inspectable(program.command('serve'))
    .description('show the pages of the window in a browser on this machine, on loopback only')
    .option('--port <n>', '0 = any free port', whole(0), 0)
    .addOption(db())
    .addOption(json())
    .action(action((output, options) => serve(options, output)))
  program
    .command('serve-engine <model>')
    .description('sample for training with llama.cpp, on loopback only: a server for --engine (a .gguf file)')
    .option('--port <n>', '0 = any free port', whole(0), 0)
    .option('--lanes <n>', 'continuations at a time, for each adapter', whole(1), 4)
    .option('--context <n>', 'most tokens of a prompt and its continuation', whole(16), 2048)
    .option('--threads <n>', 'threads that compute (default: what llama.cpp finds best)', whole(1))
    .option(
      '--engine-package <folder>',
      'where node-llama-cpp is installed; also GPO_LLAMA (default: engine in the data folder)',
    )
    .addOption(json())
    .action(action((output, model, options) => serveEngine(model, options, output)))
  inspectable(program.command('demo'))
    .description('train with GPO on a bundled task; show accuracy before and after, and three critical steps')
    .option(
      '--model <path>',
      'folder or .gguf file of an instruct model, trained on word problems instead of the bundled model',
    )
    .option('--compare', 'train it without guidance too, and say what the difference is (about twice as long)')
    .option('--seed <n>', 'seed', whole(0), 1)
    .addOption(settings())
    .addOption(db())
    .addOption(json())
    .action(
      action((output, options) => {
        const changed = (plan: object) => {
          const raw = structuredClone(plan) as Record<string, unknown>
          for (const setting of options.set as string[]) applySetting(raw, setting)
          return raw
        }
        if (options.compare) return compareDemo(options, output, changed)
        return demo(options, output, (plan) => parsePlan(changed(plan), 'the demo plan'))
      }),
    )
  return program
}

/** Does what the arguments say, without the name of the program. @returns the exit code */
export async function runCommand(args: readonly string[]): Promise<number> {
  dropWhatNobodyReads()
  let exitCode = 0
  try {
    await createProgram((code) => {
      exitCode = code
    }).parseAsync(args, { from: 'user' })
    return exitCode
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
    return reportError(error)
  }
}

// An installed program calls it when Electron is ready: window/command.ts.
if (process.versions.electron === undefined)
  void runCommand(process.argv.slice(2)).then((code) => {
    process.exitCode = code
  })
