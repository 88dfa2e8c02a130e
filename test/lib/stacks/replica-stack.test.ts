import { test } from '@jest/globals';
import { synthesise } from '../synthesise.ts';
import { expectGolden } from './golden.ts';

test('the replica stack is the one that was reviewed', () => {
  expectGolden('replica', synthesise().Replica);
});

test('has the twin of every parameter group, since none travels with a copy', () => {
  const { Database, Replica } = synthesise();
  for (const { Properties } of Object.values(Database.findResources('AWS::RDS::DBParameterGroup'))) {
    Replica.hasResourceProperties('AWS::RDS::DBParameterGroup', Properties);
  }
});
