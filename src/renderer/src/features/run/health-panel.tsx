import { Collapse, Group, Stack, Text, Title, UnstyledButton } from '@mantine/core'
import { ErrorState } from '@renderer/components/states'
import type { RunDetails } from '@shared/contract/runs'
import { HEALTH_METRICS, type HealthFinding, healthOf } from '@shared/health'
import { IconAlertTriangle, IconCheck, IconChevronDown, IconChevronRight, IconQuestionMark } from '@tabler/icons-react'
import { useMemo, useState } from 'react'
import { useCurves } from './use-curves'

/** Points of each curve that the rules use. */
const BUCKETS = 250

/** Number of warnings that are open at first; more would push the curves out of sight. */
const OPEN = 2

/** Whether the run learns, in sentences; each can be opened to show its reason. */
export function HealthPanel({ data }: { readonly data: RunDetails }) {
  const { run, metrics, evaluations } = data
  const known = HEALTH_METRICS.filter((name) => metrics.some((metric) => metric.name === name))
  const { data: curves, error, refetch } = useCurves(run.id, known, null, true, BUCKETS)
  const findings = useMemo(
    () => healthOf({ plan: run.plan, series: curves ?? {}, evaluations }),
    [run.plan, curves, evaluations],
  )
  if (error) return <ErrorState error={error} onRetry={() => void refetch()} />
  return (
    <section className="panel" aria-labelledby="health" style={{ padding: '8px 12px' }}>
      <Title order={2} id="health" fz="sm" mb={4}>
        Health
      </Title>
      {findings.length === 0 ? (
        <Text size="sm" className="quiet">
          The rules need a few iterations before they can judge the run.
        </Text>
      ) : (
        <>
          {findings.filter(isWarning).map((finding, i) => (
            <Finding key={finding.id} finding={finding} startsOpen={i < OPEN} />
          ))}
          <div className="health-list">
            {findings
              .filter((finding) => !isWarning(finding))
              .map((finding) => (
                <Finding key={finding.id} finding={finding} startsOpen={false} />
              ))}
          </div>
        </>
      )}
    </section>
  )
}

const MARKS = {
  warning: { icon: IconAlertTriangle, word: 'Warning' },
  open: { icon: IconQuestionMark, word: 'Not decided' },
  ok: { icon: IconCheck, word: 'Good' },
} as const

const isWarning = ({ level }: HealthFinding) => level === 'warning'

function Finding({ finding, startsOpen }: { readonly finding: HealthFinding; readonly startsOpen: boolean }) {
  const isBad = isWarning(finding)
  const { icon: Mark, word } = MARKS[finding.level]
  const [isOpen, setOpen] = useState(startsOpen)
  const Chevron = isOpen ? IconChevronDown : IconChevronRight
  return (
    <div>
      <UnstyledButton onClick={() => setOpen(!isOpen)} aria-expanded={isOpen} w="100%" py={2}>
        <Group gap="xs" wrap="nowrap">
          <Mark
            size={15}
            color={isBad ? 'var(--hurt)' : 'var(--quiet)'}
            role="img"
            aria-label={word}
            style={{ flexShrink: 0 }}
          />
          <Text size="sm" fw={isBad ? 600 : 400}>
            {finding.title}
          </Text>
          <Chevron size={13} color="var(--quiet)" aria-hidden style={{ flexShrink: 0 }} />
        </Group>
      </UnstyledButton>
      <Collapse expanded={isOpen}>
        <Stack gap={2} pl={19} pb={4}>
          <Text size="sm" className="quiet">
            {finding.why}
          </Text>
          {finding.try && <Text size="sm">Try: {finding.try}</Text>}
        </Stack>
      </Collapse>
    </div>
  )
}
