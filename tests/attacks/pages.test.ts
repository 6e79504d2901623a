import { afterwards, byPages } from './catalogue/index.ts';
import { tried } from './tried.ts';

tried([...byPages, ...afterwards]);
