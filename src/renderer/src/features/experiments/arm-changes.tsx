import { Text } from '@mantine/core'
import type { Study } from '@shared/schemas/study'
import { changedSettings, type plansOf } from './words'

interface ArmChangesProps {
  readonly arm: Study['arms'][number]
  readonly plans: ReturnType<typeof plansOf>
  readonly size?: 'xs' | 'sm'
}

/** What an arm changes in the plan, and why. */
export function ArmChanges({ arm: { changes, why }, plans, size = 'xs' }: ArmChangesProps) {
  return (
    <>
      {changedSettings(changes, plans).map(({ path, label, value }) => (
        <Text key={path} size={size} title={path} className="experiments-wrap">
          {label}: {value}
        </Text>
      ))}
      {Object.keys(changes).length === 0 && <Text size={size}>The plan as it is</Text>}
      {why && (
        <Text size="xs" className="quiet experiments-wrap">
          {why}
        </Text>
      )}
    </>
  )
}
