/** Next steps after an export: a sentence, and a command or code to copy. */
import { basename, dirname, join } from 'node:path'
import type { ExportFormat, ExportOutcome } from '@shared/contract/exports'
import { shellWord } from '@shared/shell-word'

type Next = ExportOutcome['next']

/** A Python string; JSON strings are valid ones. */
const quoted = (text: string) => JSON.stringify(text)

const isGguf = (path: string) => /\.gguf$/i.test(path)

/** What transformers loads a model by: a folder, or a folder and the GGUF file in it. */
const loaded = (base: string) =>
  isGguf(base) ? `${quoted(dirname(base))}, gguf_file=${quoted(basename(base))}` : quoted(base)

interface Exported {
  readonly out: string
  /** Folder or GGUF file of the base model. */
  readonly base: string
  /** The evaluation data, as in the plan. */
  readonly data: string
  readonly run: string
}

const PAIR_TRAINERS = 'DPOTrainer, ORPOTrainer and CPOTrainer (SimPO)'

const STEPS: Readonly<Record<ExportFormat, (exported: Exported) => Next>> = {
  safetensors: ({ out, data }) => [
    { text: 'Evaluate it with GPO Studio', code: `gpo eval --model ${shellWord(out)} --data ${shellWord(data)}` },
    {
      text: 'Load it with Transformers',
      code: `from transformers import AutoModelForCausalLM, AutoTokenizer\nmodel = AutoModelForCausalLM.from_pretrained(${quoted(out)})\ntokenizer = AutoTokenizer.from_pretrained(${quoted(out)})`,
    },
    { text: 'Serve it with vLLM', code: `vllm serve ${shellWord(out)}` },
  ],
  adapter: ({ out, base }) => [
    {
      text: 'Load it onto its base model with PEFT',
      code: `from peft import PeftModel\nfrom transformers import AutoModelForCausalLM\nbase = AutoModelForCausalLM.from_pretrained(${loaded(base)})\nmodel = PeftModel.from_pretrained(base, ${quoted(out)})`,
    },
    { text: 'Merge it with PEFT', code: 'merged = model.merge_and_unload()' },
  ],
  gguf: ({ out }) => [
    { text: 'Chat with it in llama.cpp', code: `llama-cli -m ${shellWord(out)}` },
    {
      text: 'Add it to Ollama',
      code: `echo 'FROM ${shellWord(out)}' > Modelfile && ollama create my-model -f Modelfile`,
    },
  ],
  'gguf-adapter': ({ out, base }) => {
    const file = isGguf(base) ? base : 'base.gguf'
    const made = {
      text: 'Make its base model a GGUF file, once',
      code: `gpo export ${shellWord(base)} --format gguf --dtype F16 --out ${file}`,
    }
    const chat = {
      text: 'Chat with it in llama.cpp, on its base model',
      code: `llama-cli -m ${shellWord(file)} --lora ${shellWord(out)}`,
    }
    return isGguf(base) ? [chat] : [made, chat]
  },
  pairs: ({ out }) => [
    {
      text: `Load it for ${PAIR_TRAINERS} of TRL`,
      code: `from datasets import load_dataset\npairs = load_dataset("json", data_files=${quoted(out)}, split="train")`,
    },
    { text: 'See what it contains', code: `gpo data ${shellWord(out)}` },
  ],
  unpaired: ({ out }) => [
    {
      text: 'Load it for KTOTrainer of TRL',
      code: `from datasets import load_dataset\nrows = load_dataset("json", data_files=${quoted(out)}, split="train")`,
    },
    { text: 'See what it contains', code: `gpo data ${shellWord(out)}` },
  ],
  stepwise: ({ out }) => [
    {
      text: 'Load it for PRMTrainer of TRL',
      code: `from datasets import load_dataset\nrows = load_dataset("json", data_files=${quoted(out)}, split="train")`,
    },
  ],
  trl: ({ out, run }) => [
    {
      text: 'Train in TRL, best in a Python environment of its own',
      code: `cd ${shellWord(out)}\npip install -r requirements.txt\npython train.py`,
    },
    { text: 'Add the result to the models', code: `gpo models add ${shellWord(join(out, `gpo-${run}-dpo`))}` },
  ],
  cluster: ({ out }) => [
    { text: 'Read what is in it, on one screen', code: `cat ${shellWord(join(out, 'README.md'))}` },
    {
      text: 'Send it to a Ray cluster and follow its log; RAY_ADDRESS names it',
      code: `cd ${shellWord(out)}\npython3 submit.py logs "$(python3 submit.py submit)"`,
    },
  ],
  collection: ({ out }) => [
    {
      text: 'Read its pairs in Python',
      code: `from datasets import load_dataset\npairs = load_dataset("json", data_files=${quoted(join(out, 'pairs-*.jsonl.gz'))}, split="train")`,
    },
  ],
  tensorboard: ({ out }) => [
    { text: 'Look at the curves', code: `pip install tensorboard\ntensorboard --logdir ${shellWord(out)}` },
  ],
  bundle: ({ out }) => [
    { text: 'Open it on another machine, on this page or in a terminal', code: `gpo import ${shellWord(out)}` },
    { text: 'Look inside with any tar', code: `tar tvf ${shellWord(out)}` },
  ],
}

export const nextSteps = (format: ExportFormat, exported: Exported): Next => STEPS[format](exported)
