import{R as e,u as o,C as i}from"./index-ghWDAfn4.js";const t=document.getElementById("app");t&&e(o(i,{title:"Sign in"}),t);
