/** The names under which a run's record describes its data. */

/** Used and unused columns and parts. */
export const TRAINING_DATA = 'training data'
export const EVALUATION_DATA = 'evaluation data'
/** Rows that do not fit the model. */
export const LEFT_OUT = 'rows left out'
