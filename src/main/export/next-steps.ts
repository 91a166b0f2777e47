/** What a person can do with what was exported: a sentence, and a command or code to copy. */
import { basename, dirname } from 'node:path'
import type { ExportFormat, ExportOutcome } from '@shared/contract/exports'

type Next = ExportOutcome['next']

/** As a string of Python, which JSON's are. */
const quoted = (text: string) => JSON.stringify(text)
/** As one word of a shell. */
export const word = (text: string) => (/^[\w./:@%+=-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`)

/** What transformers loads a model by: a folder, or a folder and the GGUF file in it. */
const loaded = (base: string) =>
  /\.gguf$/i.test(base) ? `${quoted(dirname(base))}, gguf_file=${quoted(basename(base))}` : quoted(base)

interface Exported {
  readonly out: string
  /** Folder or GGUF file of the base model. */
  readonly base: string
  /** Where the run's answers are tried, as the plan names it. */
  readonly data: string
}

const PAIR_TRAINERS = 'DPOTrainer, ORPOTrainer and CPOTrainer (SimPO)'

const STEPS: Readonly<Record<ExportFormat, (exported: Exported) => Next>> = {
  safetensors: ({ out, data }) => [
    { text: 'Evaluate it here', code: `gpo eval --model ${word(out)} --data ${word(data)}` },
    {
      text: 'Load it with Transformers',
      code: `from transformers import AutoModelForCausalLM, AutoTokenizer\nmodel = AutoModelForCausalLM.from_pretrained(${quoted(out)})\ntokenizer = AutoTokenizer.from_pretrained(${quoted(out)})`,
    },
    { text: 'Serve it with vLLM', code: `vllm serve ${word(out)}` },
  ],
  adapter: ({ out, base }) => [
    {
      text: 'Put it on its base model with PEFT',
      code: `from peft import PeftModel\nfrom transformers import AutoModelForCausalLM\nbase = AutoModelForCausalLM.from_pretrained(${loaded(base)})\nmodel = PeftModel.from_pretrained(base, ${quoted(out)})`,
    },
    { text: 'Merge it there', code: 'merged = model.merge_and_unload()' },
  ],
  gguf: ({ out }) => [
    { text: 'Talk to it with llama.cpp', code: `llama-cli -m ${word(out)}` },
    {
      text: 'Make it known to Ollama',
      code: `echo 'FROM ${word(out)}' > Modelfile && ollama create my-model -f Modelfile`,
    },
  ],
  pairs: ({ out }) => [
    {
      text: `Load it for ${PAIR_TRAINERS} of TRL`,
      code: `from datasets import load_dataset\npairs = load_dataset("json", data_files=${quoted(out)}, split="train")`,
    },
    { text: 'See what it holds', code: `gpo data ${word(out)}` },
  ],
  unpaired: ({ out }) => [
    {
      text: 'Load it for KTOTrainer of TRL',
      code: `from datasets import load_dataset\nrows = load_dataset("json", data_files=${quoted(out)}, split="train")`,
    },
    { text: 'See what it holds', code: `gpo data ${word(out)}` },
  ],
  stepwise: ({ out }) => [
    {
      text: 'Load it for PRMTrainer of TRL',
      code: `from datasets import load_dataset\nrows = load_dataset("json", data_files=${quoted(out)}, split="train")`,
    },
  ],
  bundle: ({ out }) => [
    { text: 'Open it on another machine, on this page or in a terminal', code: `gpo import ${word(out)}` },
    { text: 'Look inside with any tar', code: `tar tvf ${word(out)}` },
  ],
}

export const nextSteps = (format: ExportFormat, exported: Exported): Next => STEPS[format](exported)
