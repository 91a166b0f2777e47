import { Text, Title } from '@mantine/core'
import { shortPath } from '@shared/plan/short-path'
import type { Study } from '@shared/schemas/study'
import { level } from '@shared/study/words'
import { useMemo } from 'react'
import { changedSettings, measureWords, plansOf, stopEarlyWords } from './words'

/** What nobody can change once the study has begun, so that looking at results changes nothing. */
export function DesignPanel({ document }: { readonly document: Study }) {
  const plans = useMemo(() => plansOf(document), [document])
  const { measure, seeds, arms, base, tasks } = document
  const [plan] = plans
  return (
    <section className="panel experiments-panel" aria-labelledby="design">
      <Title order={2} id="design">
        Fixed before the start
      </Title>
      <Text size="xs" className="quiet" mb={6}>
        So that looking at results cannot change what is measured.
      </Text>
      <dl className="experiments-facts">
        <dt>Measured</dt>
        <dd>greedy accuracy on held-out problems, {measureWords(document)}</dd>
        <dt>Interval</dt>
        <dd>{level(measure.confidence)}</dd>
        <dt>Seeds</dt>
        <dd>{seeds.join(', ')}</dd>
        <dt>Base</dt>
        <dd>{base}</dd>
        <dt>Other arms</dt>
        <dd>
          {arms
            .filter(({ name }) => name !== base)
            .map(({ name }) => name)
            .join('; ')}
        </dd>
        <dt>Ending early</dt>
        <dd>{stopEarlyWords(document)}</dd>
        {plan && (
          <>
            <dt>Model</dt>
            <dd>{shortPath(plan.model.path)}</dd>
            <dt>Data</dt>
            <dd>{shortPath(plan.data.train.path)}</dd>
            <dt>Iterations</dt>
            <dd>{plan.budget.iterations} per run</dd>
          </>
        )}
        {tasks.length > 1 &&
          tasks.map(({ name, changes }) => (
            <div key={name} style={{ display: 'contents' }}>
              <dt>Task</dt>
              <dd>
                {name}
                {changedSettings(changes, plans).map(({ path, label, value }) => (
                  <Text key={path} size="xs" title={path}>
                    {label}: {value}
                  </Text>
                ))}
              </dd>
            </div>
          ))}
      </dl>
    </section>
  )
}
