/** Rows to train on and to evaluate with, and how a row becomes a prompt. */
import { z } from 'zod'
import { type SettingWords, settingIn } from './setting'

const data = settingIn('Data')
const prompt = settingIn('Prompt')

type Words = Omit<SettingWords, 'group'>

const dataFile = (words: { readonly path: Words; readonly limit: Words; readonly columns: Words }) =>
  z.strictObject({
    path: data(z.string().min(1), words.path),
    limit: data(z.number().int().min(1).optional(), words.limit),
    columns: data(z.record(z.string(), z.string()).optional(), words.columns),
  })
export type DataFile = z.infer<ReturnType<typeof dataFile>>

const COLUMNS = 'Which column has which role, where the layout is not recognised: prompt=question, answer=solution.'

const train = dataFile({
  path: {
    label: 'Training data',
    isSimple: true,
    aliases: ['dataset_name', 'train_file', 'dataset', 'train_dataset'],
    what: 'A file, a folder of Parquet files, or bundled:NAME: the prompts, with the reference answers that rollouts are compared with. For SFT: the completions.',
    advice: 'Prompts that the model solves sometimes teach most: always right and always wrong give no signal.',
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
    advice: 'Easier on the page Datasets, where the rows are shown; a dataset mapped there brings its columns along.',
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
    what: 'Only the first rows of the evaluation file are read. The limit on rows per evaluation counts as well.',
    advice: 'Leave it empty and set the rows per evaluation in the budget.',
  },
  columns: {
    label: 'Columns of the evaluation data',
    aliases: ['column mapping'],
    what: COLUMNS,
    advice: 'The same as for the training data, if both come from one source.',
  },
})

export const dataSchema = z.strictObject({
  train,
  eval: evaluation.optional(),
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
    what: 'Wraps each prompt in the tokenizer’s chat template, as a message of the user.',
    advice: 'On for instruct and chat models, off for base models.',
  }),
})
