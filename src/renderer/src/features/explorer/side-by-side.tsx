import { Anchor, Group, Modal, Text } from '@mantine/core'
import { StepStrip } from '@renderer/charts/step-strip'
import { VerdictMark } from '@renderer/components/status'
import { plural } from '@renderer/lib/format'
import { firstDifference } from '@renderer/lib/text-difference'
import type { VerdictStatus } from '@shared/schemas/verifier'
import classes from './explorer.module.css'

export interface Branch {
  /** Where it comes from. */
  readonly name: string
  readonly text: string
  readonly status: VerdictStatus
  /** Values of its states, where it has any. */
  readonly values?: readonly (number | null)[]
  readonly critical?: number | null
  /** Its address in the window. */
  readonly href?: string
}

interface SideBySideProps {
  readonly title: string
  readonly left: Branch
  readonly right: Branch
  readonly onClose: () => void
}

/** Two branches beside each other; from the first difference on they are marked. */
export function SideBySide({ title, left, right, onClose }: SideBySideProps) {
  const isSame = left.text === right.text
  const at = isSame ? left.text.length : firstDifference(left.text, right.text)
  const line = left.text.slice(0, at).split('\n').length
  return (
    <Modal opened onClose={onClose} title={title} size={1040} closeButtonProps={{ 'aria-label': 'Close' }}>
      <Text size="sm" className="quiet" mb="sm">
        {isSame
          ? 'They are the same.'
          : `They part in line ${line}, after ${plural(at, 'character')}; from there they are marked.`}
      </Text>
      <div className={classes['sides']}>
        {[left, right].map((branch, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: left and right
          <Side key={i} branch={branch} at={at} />
        ))}
      </div>
    </Modal>
  )
}

function Side({ branch, at }: { readonly branch: Branch; readonly at: number }) {
  const { name, text, status, values, critical, href } = branch
  return (
    <section className="panel" style={{ padding: '8px 12px', minWidth: 0 }} aria-label={name}>
      <Group justify="space-between" gap="sm" mb={6}>
        <Text size="sm" fw={600} style={{ overflowWrap: 'anywhere' }}>
          {name}
        </Text>
        <Group gap="sm" wrap="nowrap">
          {values && values.length > 1 && <StepStrip values={values} critical={critical ?? null} width={72} />}
          <VerdictMark status={status} />
        </Group>
      </Group>
      <div className="model-text">
        {text.slice(0, at)}
        {at < text.length && <mark className={classes['parted']}>{text.slice(at)}</mark>}
        {text === '' && <span className="quiet">(empty)</span>}
      </div>
      {href && (
        <Anchor href={href} size="sm" mt="sm" display="inline-block">
          Open in the explorer
        </Anchor>
      )}
    </section>
  )
}
