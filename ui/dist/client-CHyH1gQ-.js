import{v as t,s as n}from"./vanilla-D8qycbYF.js";function a(e){return t({baseURL:location.origin,basePath:n.endpoints,plugins:e})}export{a as c};
