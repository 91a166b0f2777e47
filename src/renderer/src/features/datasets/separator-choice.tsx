/** The field separator of a CSV file: detected from its first lines, or chosen. */
import { Select } from '@mantine/core'
import type { DatasetItem } from '@shared/contract/datasets'
import { DELIMITERS } from '@shared/schemas/dataset'
import type { DatasetActions } from './use-dataset-actions'
import { DELIMITER_NAMES } from './words'

const FOUND = 'found'
const CHOICES = [
  { value: FOUND, label: 'Separator: automatic' },
  ...DELIMITERS.map((one) => ({ value: one as string, label: `Separator: ${DELIMITER_NAMES[one]}` })),
]

interface SeparatorChoiceProps {
  readonly item: DatasetItem
  readonly actions: DatasetActions
}

export function SeparatorChoice({ item, actions }: SeparatorChoiceProps) {
  return (
    <Select
      aria-label="Field separator of the file"
      w={180}
      data={CHOICES}
      value={item.delimiter ?? FOUND}
      allowDeselect={false}
      onChange={(value) => void actions.change(item, { delimiter: DELIMITERS.find((one) => one === value) ?? null })}
    />
  )
}
