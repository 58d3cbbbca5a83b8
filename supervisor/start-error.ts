/** What keeps Sluice from starting and a person can mend: shown as a sentence, without a stack. */
export class StartError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'StartError';
  }
}
