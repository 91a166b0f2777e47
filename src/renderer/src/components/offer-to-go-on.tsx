/** A refusal that a person may overrule: what was refused and why, and a button that goes on all the same. */
import { Text } from '@mantine/core'
import { modals } from '@mantine/modals'

export interface Refusal {
  readonly title: string
  readonly message: string
  /** What the button says. */
  readonly label: string
  readonly goOn: () => void
}

export function offerToGoOn({ title, message, label, goOn }: Refusal): void {
  modals.openConfirmModal({
    title,
    children: (
      <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
        {message}
      </Text>
    ),
    labels: { confirm: label, cancel: 'Leave it stopped' },
    onConfirm: goOn,
  })
}
