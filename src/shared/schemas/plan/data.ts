/** Rows to train on and to evaluate with, and how a row becomes a prompt. */
import { z } from 'zod'
import { delimiterSchema } from '../dataset'
import { type SettingWords, settingIn } from './setting'

const data = settingIn('Data')
const prompt = settingIn('Prompt')

type Words = Omit<SettingWords, 'group'>

interface FileWords {
  readonly path: Words
  readonly limit: Words
  readonly columns: Words
  readonly part: Words
  readonly delimiter: Words
}

const dataFile = (words: FileWords) =>
  z.strictObject({
    path: data(z.string().min(1), words.path),
    limit: data(z.number().int().min(1).optional(), words.limit),
    columns: data(z.record(z.string(), z.string()).optional(), words.columns),
    part: data(z.string().min(1).max(200).optional(), words.part),
    delimiter: data(delimiterSchema.optional(), words.delimiter),
  })
export type DataFile = z.infer<ReturnType<typeof dataFile>>

const COLUMNS =
  'Which column has which role, if the layout is not recognised: prompt=question, answer=reward_model.ground_truth (a path into a column).'

const train = dataFile({
  path: {
    label: 'Training data',
    isSimple: true,
    aliases: ['dataset_name', 'train_file', 'dataset', 'train_dataset'],
    what: 'A file, a folder of Parquet files, or bundled:NAME: the prompts, with the reference answers that rollouts are compared with. For SFT: the completions.',
    advice: 'Prompts that the model solves sometimes teach most: always right or always wrong gives no signal.',
  },
  limit: {
    label: 'Training rows used',
    unit: 'rows',
    aliases: ['max_train_samples', 'max_samples', 'limit'],
    what: 'Only the first rows of the file are used. Empty: all.',
    advice: 'A few hundred for a first try.',
  },
  columns: {
    label: 'Columns of the training data',
    aliases: ['dataset_text_field', 'prompt_key', 'column mapping', 'query'],
    what: COLUMNS,
    advice: 'Easier on the page Datasets, which shows the rows; a dataset mapped there keeps its mapping.',
  },
  part: {
    label: 'Part of the training data',
    aliases: ['split', 'train_split', 'dataset_split'],
    what: 'Which part of a dataset that has several: train, validation or test. Empty: its training part.',
    advice: 'Leave it empty, unless a dataset calls its training part something else.',
  },
  delimiter: {
    label: 'Separator of the training data',
    aliases: ['delimiter', 'sep'],
    what: 'The character between the fields of a CSV file. Empty: found from the first lines.',
    advice: 'Leave it empty, unless the columns come out wrong.',
    options: { ',': 'Comma', ';': 'Semicolon', '\t': 'Tab', '|': 'Vertical bar' },
  },
})

const evaluation = dataFile({
  path: {
    label: 'Evaluation data',
    isSimple: true,
    aliases: ['eval_dataset', 'validation_file', 'eval_file', 'test set'],
    what: 'Rows that are never trained on. Accuracy on them is measured before, during and after the run.',
    advice: 'Always choose one: reward on the training rows does not show whether the model improved in general.',
  },
  limit: {
    label: 'Evaluation rows read',
    unit: 'rows',
    aliases: ['max_eval_samples'],
    what: 'Only the first rows of the evaluation file are read. The limit on rows per evaluation applies as well.',
    advice: 'Leave it empty and set the rows per evaluation in the budget.',
  },
  columns: {
    label: 'Columns of the evaluation data',
    aliases: ['column mapping'],
    what: COLUMNS,
    advice: 'The same as for the training data, if both come from one source.',
  },
  part: {
    label: 'Part of the evaluation data',
    aliases: ['eval_split', 'test_split'],
    what: 'Which part of a dataset that has several: train, validation or test. Empty: its test part, or else its validation part.',
    advice: 'Leave it empty, unless you want the validation part of a dataset that has a test part too.',
  },
  delimiter: {
    label: 'Separator of the evaluation data',
    aliases: ['delimiter', 'sep'],
    what: 'The character between the fields of a CSV file. Empty: found from the first lines.',
    advice: 'Leave it empty, unless the columns come out wrong.',
    options: { ',': 'Comma', ';': 'Semicolon', '\t': 'Tab', '|': 'Vertical bar' },
  },
})

export const dataSchema = z.strictObject({
  train,
  eval: evaluation.optional(),
  holdOut: data(z.number().min(0).max(0.9).default(0), {
    label: 'Hold out for evaluation',
    isSimple: true,
    aliases: ['val_size', 'test_size', 'eval_split', 'validation_split'],
    what: 'Fraction of the training rows kept for evaluation and never trained on, if no evaluation data is chosen. Rows of one group stay together.',
    advice: '0.1 for a few hundred rows, less for more. Better still: a separate test set.',
  }),
  holdOutSeed: data(z.number().int().min(0).max(0xffffffff).default(1), {
    label: 'Seed of the rows held out',
    aliases: ['split_seed'],
    what: 'Decides which rows are held out. The same seed and rows give the same part.',
    advice: 'Keep it the same for runs that you compare.',
  }),
  tooLong: data(z.enum(['leaveOut', 'refuse']).default('leaveOut'), {
    label: 'Rows too long for the model',
    aliases: ['max_prompt_length', 'filter_overlong_prompts', 'truncation'],
    what: 'Whether rows whose prompt and completion exceed the model’s context are left out and counted, or stop the run from starting. Rows are never cut.',
    advice: 'Do not start, if every row must count.',
    options: { leaveOut: 'Leave them out', refuse: 'Do not start' },
  }),
  template: prompt(z.string().default('{prompt}'), {
    label: 'Template',
    aliases: ['prompt_template', 'instruction template', 'system prompt'],
    what: 'The text given to the model; {prompt} stands for the row’s prompt.',
    advice: 'Say how the answer should end, for example: {prompt} Think step by step and end with #### and the number.',
  }),
  chatTemplate: prompt(z.boolean().default(false), {
    label: 'Use the chat template',
    isSimple: true,
    aliases: ['apply_chat_template', 'chat_template', 'template'],
    what: 'Wraps each prompt in the tokenizer’s chat template, as a user message.',
    advice: 'On for instruct and chat models, off for base models.',
  }),
  chatTemplateName: prompt(z.string().min(1).max(200).optional(), {
    label: 'Name of the chat template',
    aliases: ['chat_template', 'tool_use', 'rag'],
    what: 'Which chat template is used if the tokenizer has several. Empty: its default.',
    advice: 'The page Models shows their names. Leave it empty for models with one.',
  }),
})
