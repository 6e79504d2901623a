import { afterwards, inMasses } from './catalogue/index.ts';
import { tried } from './tried.ts';

tried([...inMasses, ...afterwards]);
