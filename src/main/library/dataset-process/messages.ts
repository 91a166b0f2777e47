/** What main asks the process that reads datasets. */
import type { Dataset } from '@shared/schemas/dataset'
import type { LoadOptions } from '../datasets/load'
import type { PreviewOptions } from '../datasets/preview'

export type Asked =
  | { readonly do: 'load'; readonly path: string; readonly options: LoadOptions }
  /** The next of the dataset that was loaded last; null after the last one. */
  | { readonly do: 'examples' }
  | { readonly do: 'page'; readonly path: string; readonly options: PreviewOptions }

export type Loaded = Omit<Dataset, 'examples'>
